import { problem } from '../diagnostics/diagnostic.ts';
import { suggest } from '../diagnostics/suggest.ts';
import type { VarLayer } from '../model/inventory.ts';
import type { Role, RoleUse } from '../model/playbook.ts';
import type { SourceEntry, SourceMap, SourceNode } from '../model/source.ts';
import { NOTHING_INHERITED, readInherited } from './inherited.ts';
import { isKeyword, keywordsOf, laterKeyword, scopesOf } from './keywords.ts';
import { asList, asText, fieldsOf, isNull, wrongType } from './shape.ts';
import type { RoleLibrary } from './role-library.ts';
import type { Report } from './shape.ts';
import { misplaced } from './task.ts';
import { readVars, varLayer } from './vars.ts';

/** The entries of `roles:` or `dependencies:`. */
export function readRoleUses(
  node: SourceNode,
  what: string,
  library: RoleLibrary,
  users: readonly string[],
): readonly RoleUse[] {
  if (isNull(node)) return [];
  const list = asList(node, what, library.report);
  return (list?.items ?? []).flatMap((item) => {
    const use = item.kind === 'map' ? readMap(item, library, users) : readName(item, library, users);
    return use === undefined ? [] : [use];
  });
}

function readName(node: SourceNode, library: RoleLibrary, users: readonly string[]): RoleUse | undefined {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') {
    wrongType(node, 'Each role', 'a name, or a map with "role: name"', library.report);
    return undefined;
  }
  const role = library.role({ text: node.value, at: node.at }, users);
  return role && { role, at: node.at, keywords: NOTHING_INHERITED, parameters: undefined };
}

function readMap(map: SourceMap, library: RoleLibrary, users: readonly string[]): RoleUse | undefined {
  const { report } = library;
  const fields = fieldsOf(map);
  const nameKey = fields.has('role') ? 'role' : 'name';
  const name = fields.get(nameKey);
  if (name === undefined) {
    report(problem('missing-key', map.at, 'missing key', 'Which role? Write "role: name".'));
    return undefined;
  }
  const text = asText(name.value, `"${nameKey}"`, report);
  const others = map.entries.filter(({ key }) => key !== nameKey && !isKeyword(key, 'role'));
  const parameters: SourceEntry[] = [];
  for (const entry of others) {
    if (laterKeyword(entry.key) === undefined) parameters.push(entry);
    else report(misplaced(entry, 'role'));
  }
  const role = text === undefined ? undefined : library.role({ text, at: name.value.at }, users);
  if (role !== undefined) for (const entry of parameters) warnOfKeyword(entry, role, report);
  const keywords = readInherited(fields, undefined, report);
  const layer = parametersOf(
    fields.get('vars')?.value,
    parameters,
    `parameters of role ${text ?? ''}`,
    report,
  );
  return role && { role, at: map.at, keywords, parameters: layer };
}

function parametersOf(
  vars: SourceNode | undefined,
  entries: readonly SourceEntry[],
  label: string,
  report: Report,
): VarLayer | undefined {
  if (vars === undefined && entries.length === 0) return undefined;
  const below = vars === undefined ? new Map() : readVars(vars, label, report).vars;
  return { label, vars: new Map([...below, ...varLayer(entries, label, report).vars]) };
}

/** `whne:` beside a role is a parameter by the rules; nobody means that. */
function warnOfKeyword({ key, keyAt }: SourceEntry, role: Role, report: Report): void {
  if (role.defaults.vars.has(key) || role.vars.vars.has(key) || role.argumentSpec.has(key)) return;
  const near = suggest(key, keywordsOf('role'));
  const elsewhere = scopesOf(key)
    ?.map((scope) => `a ${scope}`)
    .join(', ');
  if (elsewhere === undefined && (near === undefined || key.length < 4)) return;
  const meant =
    elsewhere === undefined ? `Did you mean "${near}"?` : `As a keyword it belongs to ${elsewhere}.`;
  const detail = `"${key}" is taken as a parameter of the role, which knows none of that name. ${meant}`;
  report({ ...problem('unknown-key', keyAt, 'unknown role parameter', detail), severity: 'warning' });
}
