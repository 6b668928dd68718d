import { extname } from 'node:path';
import { problem } from '../diagnostics/diagnostic.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceMap } from '../model/source.ts';
import { startOf } from './open.ts';

const INSTEAD =
  'Reading it comes with a later version. Write instead:\nregions:\n  my-region:\n    nodes:\n      node-1: { address: 10.0.0.1 }';

/** The problem of a text that is an inventory of Ansible's in INI form, or a script. */
export function foreignText(text: string, name: string): Diagnostic | undefined {
  const section = /^[ ]*\[[\w.-]+(:(vars|children))?\][ \t]*\r?$/m.exec(text);
  if (text.startsWith('#!')) return foreign(name, 1, 'This is a script (a dynamic inventory).');
  if (section === null && extname(name) !== '.ini') return undefined;
  const line = section === null ? 1 : text.slice(0, section.index).split('\n').length;
  return foreign(name, line, "This is Ansible's INI inventory.");
}

/** The problem of a map that is an inventory of Ansible's: groups with hosts and children at the top. */
export function foreignMap(map: SourceMap): Diagnostic | undefined {
  const own = ['vars', 'regions', 'groups'];
  const entry = map.entries.find(
    ({ key, value }) =>
      !own.includes(key) &&
      value.kind === 'map' &&
      value.entries.some((inner) => inner.key === 'hosts' || inner.key === 'children'),
  );
  if (entry === undefined) return undefined;
  const detail = `This is Ansible's YAML inventory (hosts, children). ${INSTEAD}`;
  return problem('bad-value', entry.keyAt, "Ansible's inventory format", detail);
}

function foreign(name: string, line: number, what: string): Diagnostic {
  return problem('bad-value', { ...startOf(name), line }, "Ansible's inventory format", `${what} ${INSTEAD}`);
}
