import { join } from 'node:path';
import { passable, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { namesIn, isFolder } from '../load/open.ts';
import { createRoleLibrary } from '../load/role.ts';
import { rolePathsFor } from '../load/role-library.ts';
import { createSources } from '../load/sources.ts';
import type { EntryPoint, Role } from '../model/playbook.ts';
import type { ArgumentSpec } from '../model/argument-spec.ts';
import type { Io } from './io.ts';
import { knownModules } from './doc.ts';
import { packageRoot } from './package-root.ts';
import { rolePaths } from './playbook-files.ts';
import { showProblems } from './show-problems.ts';

/** `oms-play doc --role`: the roles in reach, or the page of one, made from its meta/argument_specs.yml. */
export async function showRoleDoc(name: string | undefined, io: Io): Promise<number> {
  const sources = createSources({ cwd: io.cwd });
  const problems: Diagnostic[] = [];
  const beside = [io.cwd, join(io.cwd, 'playbooks')];
  const paths = rolePathsFor(beside, rolePaths({ cwd: io.cwd, packageDir: packageRoot() }));
  const roles = createRoleLibrary({
    paths,
    sources,
    report: (found) => problems.push(found),
    moduleNames: new Set((await knownModules(io)).map((module) => module.name)),
    playbookDir: io.cwd,
  });
  const roleOf = (role: string): Role | undefined =>
    roles.role({ text: role, at: { file: 'oms-play doc', line: 1, column: 1, length: 1 } }, []);
  if (name === undefined) {
    io.stdout.write(listOf(paths, roleOf));
    return 0;
  }
  const role = roleOf(name);
  // A role that is named on the command line stands in no file.
  const placed = role === undefined ? problems.map(({ at: _, ...found }): Diagnostic => found) : problems;
  showProblems({ problems: placed, texts: sources.texts, masker: { mask: (text: string) => text } }, io);
  if (role === undefined) return 1;
  io.stdout.write(describeRole(role));
  return passable(problems) ? 0 : 1;
}

function listOf(paths: readonly string[], roleOf: (name: string) => Role | undefined): string {
  const names = paths.flatMap((path) => namesIn(path).filter((entry) => isFolder(join(path, entry))));
  const all = [...new Set(names)].sort();
  const width = Math.max(0, ...all.map((name) => name.length));
  return all
    .map((name) => `${name.padEnd(width)}  ${roleOf(name)?.entryPoints.get('main')?.summary ?? ''}`.trimEnd())
    .map((line) => `${line}\n`)
    .join('');
}

/** The page of a role for a terminal. */
export function describeRole({ name, dir, entryPoints, dependencies }: Role): string {
  const main = entryPoints.get('main')?.summary ?? '';
  const needs = dependencies.map(({ role }) => role.name).join(', ');
  const head = [
    `${name}${main === '' ? '' : ` — ${main}`}`,
    `In ${dir}${needs === '' ? '' : `; runs ${needs} before it`}`,
  ];
  const none = 'It has no meta/argument_specs.yml: what it takes is in its defaults/main.yml.';
  const pages =
    entryPoints.size === 0 ? [none] : [...entryPoints].map(([key, entry]) => entryPage(name, key, entry));
  return `${[head.join('\n'), ...pages].join('\n\n')}\n`;
}

function entryPage(role: string, key: string, entry: EntryPoint): string {
  const from = key === 'main' ? '' : `, tasks_from: ${key}`;
  const title = `Entry point ${key}  (include_role: { name: ${role}${from} })`;
  const summary = key === 'main' || entry.summary === '' ? [] : [entry.summary];
  const options = entry.options.size === 0 ? 'It takes no arguments.' : optionLines(entry.options, '  ');
  return [title, ...summary, ...entry.description, options].join('\n\n');
}

function optionLines(options: ReadonlyMap<string, ArgumentSpec>, indent: string): string {
  return [...options]
    .map(([name, spec]) => {
      const text = spec.description === '' ? [] : [`${indent}    ${spec.description}`];
      const inside = spec.options === undefined ? [] : [optionLines(spec.options, `${indent}    `)];
      return [`${indent}${name}  (${aboutOf(spec)})`, ...text, ...inside].join('\n');
    })
    .join('\n');
}

function aboutOf({ type, elements, choices, required, default: fallback }: ArgumentSpec): string {
  return [
    choices === undefined ? `${type}${elements === undefined ? '' : ` of ${elements}`}` : choices.join(' | '),
    ...(required ? ['required'] : []),
    ...(fallback === undefined ? [] : [`default ${JSON.stringify(fallback)}`]),
  ].join(', ');
}
