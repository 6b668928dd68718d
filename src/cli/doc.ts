import { join } from 'node:path';
import { didYouMean } from '../diagnostics/suggest.ts';
import { createSources } from '../load/sources.ts';
import type { AnyModule } from '../modules/define.ts';
import { describeModule } from '../modules/documentation.ts';
import { builtinModules } from '../modules/index.ts';
import type { Io } from './io.ts';
import { showProblems } from './show-problems.ts';
import { UsageError } from './usage-error.ts';
import { loadUserModules } from './user-modules.ts';

/** `oms-play doc`: the list of modules, those in ./modules and ./playbooks/modules too, or one's reference. */
export async function showDoc(name: string | undefined, io: Io): Promise<number> {
  const modules = await knownModules(io);
  if (name === undefined) {
    io.stdout.write(listOf(modules));
    return 0;
  }
  const found = modules.find((module) => module.name === name.replace(/^ansible\.builtin\./, ''));
  if (found === undefined) {
    const hint = didYouMean(
      name,
      modules.map((module) => module.name),
    );
    throw new UsageError(`no module is called "${name}".${hint} "oms-play doc" lists them.`);
  }
  io.stdout.write(`${describeModule(found).trimEnd()}\n`);
  return 0;
}

/** All modules that a playbook in this folder could use, by name. */
export async function knownModules(io: Io): Promise<readonly AnyModule[]> {
  const builtin = new Set(builtinModules.map((module) => module.name));
  // Where a playbook would stand that has modules/ beside it.
  const beside = [join(io.cwd, 'playbook.yml'), join(io.cwd, 'playbooks', 'playbook.yml')];
  const sources = createSources({ cwd: io.cwd });
  const own = await loadUserModules(beside, builtin, sources);
  const nothingToHide = { mask: (text: string) => text };
  showProblems({ problems: own.problems, texts: sources.texts, masker: nothingToHide }, io);
  return [...builtinModules, ...own.value].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function listOf(modules: readonly AnyModule[]): string {
  const width = Math.max(...modules.map((module) => module.name.length));
  return modules.map((module) => `${module.name.padEnd(width)}  ${module.summary}\n`).join('');
}
