import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Data } from '../model/data.ts';
import { isDataMap, wordsOf } from '../model/data.ts';
import type { Masker } from '../model/masker.ts';
import type { TaskPlan } from '../model/plan.ts';
import type { AnyModule } from '../modules/define.ts';
import { ModuleError } from '../modules/define.ts';
import { parseArguments, type ArgumentCatalog } from '../modules/schema.ts';
import { searchPaths } from '../modules/inputs.ts';
import type { NodeReader } from '../transport/node.ts';
import { compileText } from '../template/file.ts';
import { learnSecrets, type Scope } from './scope.ts';

/** What the arguments of one use of a module are made from. */
export interface ArgumentSources {
  readonly task: TaskPlan;
  readonly module: AnyModule;
  readonly scope: Scope;
  readonly engine: { readonly masker: Masker; readonly catalog: ArgumentCatalog };
  readonly readerOf: (node: string) => NodeReader;
}

export interface Prepared {
  readonly args: unknown;
  /** The same for the same arguments; holds secrets: never to be shown. */
  readonly fingerprint: string;
}

/** The arguments as the module takes them: rendered, inputs put in their places, parsed by its schema. */
export async function prepareArguments(sources: ArgumentSources): Promise<Prepared> {
  const { task, module, scope } = sources;
  const rendered = task.args.render(scope);
  const values: Record<string, unknown> = isDataMap(rendered) ? { ...rendered } : {};
  for (const [name, conditions] of task.conditionArgs) {
    values[name] =
      module.inputs?.[name] === 'expression'
        ? conditions.map((c) => ({ text: c.text, value: c.value(scope) }))[0]
        : conditions.map((c) => ({ text: c.text, holds: c.test(scope) }));
  }
  for (const [name, input] of Object.entries(module.inputs ?? {})) {
    const value = values[name];
    if (typeof value !== 'string') continue;
    if (input === 'file') values[name] = findInput('file', value, sources, values['remote_src'] === true);
    else if (input === 'template') values[name] = await renderFile(value, sources);
    else if (input === 'node') values[name] = sources.readerOf(value);
  }
  learnSecretArguments(module, values, sources.engine);
  return { args: parse(module, values), fingerprint: JSON.stringify(values) };
}

function findInput(
  kind: 'file' | 'template',
  path: string,
  { task }: ArgumentSources,
  remote: boolean,
): string {
  if (remote) return path;
  const paths = searchPaths(kind, path, { roleDir: task.role?.dir, playbookDir: task.playbookDir });
  const found = paths.find((candidate) => existsSync(candidate));
  if (found !== undefined) return found;
  throw new ModuleError({
    message: `${kind} not found on the controller: ${path}`,
    hint: `Looked for ${paths.join(', ')}.`,
  });
}

async function renderFile(path: string, sources: ArgumentSources): Promise<{ path: string; text: string }> {
  const found = findInput('template', path, sources, false);
  const compiled = compileText(await readFile(found, 'utf8'), found);
  const [problem] = compiled.problems;
  if (problem !== undefined) {
    const place =
      problem.at === undefined ? found : `${problem.at.file}:${problem.at.line}:${problem.at.column}`;
    throw new ModuleError({ message: `${place}: ${problem.summary}. ${problem.detail}` });
  }
  return { path: found, text: wordsOf(compiled.value.render(sources.scope)) };
}

function learnSecretArguments(
  module: AnyModule,
  values: Readonly<Record<string, unknown>>,
  { masker, catalog }: ArgumentSources['engine'],
): void {
  // By name at any depth (oms_config's map of keys), and those that the module itself calls secret.
  for (const name of Object.keys(values)) learnSecrets(name, values[name] as Data, masker);
  for (const name of catalog.secretsOf(module)) {
    const value = values[name];
    if (typeof value === 'string') masker.add(value);
  }
}

function parse(module: AnyModule, values: Record<string, unknown>): unknown {
  const { args, wrong } = parseArguments(module, values);
  if (wrong.length === 0) return args;
  throw new ModuleError({
    message: `wrong arguments of "${module.name}": ${wrong.join('; ')}`,
    hint: `See oms-play doc ${module.name}.`,
  });
}
