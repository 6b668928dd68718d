import { existsSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { problem } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import type { RoleParts } from '../model/playbook.ts';
import type { SourceRange } from '../model/source.ts';
import { findYaml, namesIn } from './open.ts';
import type { Report } from './shape.ts';
import type { Sources } from './sources.ts';

/** One file of a role that is asked for. */
export interface PartRequest {
  readonly dir: string;
  readonly folder: keyof RoleParts;
  /** Without its folder, with or without `.yml`; undefined: main, if it is there. */
  readonly part: string | undefined;
  readonly at: SourceRange;
}

/** The file of `tasks_from`, `vars_from` and the others, or main; one that is asked for and not there is reported. */
export function rolePart(request: PartRequest, sources: Sources, report: Report): string | undefined {
  const { dir, folder, part } = request;
  const root = join(dir, folder);
  if (part === undefined) return findYaml(root, 'main', sources, report);
  const path = join(root, part);
  const inside = !relative(root, path).startsWith('..');
  const named = /\.(ya?ml|json)$/.test(part) ? (existsSync(path) ? path : undefined) : undefined;
  const found = inside ? (named ?? findYaml(dirname(path), basename(path), sources, report)) : undefined;
  if (found === undefined) report(missing(request, inside));
  return found;
}

function missing({ dir, folder, part = '', at }: PartRequest, inside: boolean): ReturnType<typeof problem> {
  const names = namesIn(join(dir, folder)).map((name) => name.replace(/\.ya?ml$/, ''));
  const detail = inside
    ? `The role has no file "${part}.yml" in ${join(dir, folder)}.${didYouMean(part, names)}`
    : `"${part}" leads out of the role's folder ${folder}.`;
  return problem('not-found', at, `no such file among the role's ${folder}`, detail);
}
