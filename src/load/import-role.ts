import { problem } from '../diagnostics/diagnostic.ts';
import type { RoleItem } from '../model/playbook.ts';
import type { SourceEntry, SourceMap } from '../model/source.ts';
import { checkImportKeys } from './import-keys.ts';
import { readInherited } from './inherited.ts';
import type { TaskReading } from './reading.ts';
import { roleRequestOf } from './role-request.ts';
import { fieldsOf, wrongType } from './shape.ts';

/** `import_role`: tags, when, become and the other keywords reach into all of the role, as in Ansible. */
export function readImportRole(
  map: SourceMap,
  entry: SourceEntry,
  reading: TaskReading,
): RoleItem | undefined {
  const { report, roles, users = [] } = reading;
  checkImportKeys(map, entry, 'import_role', report);
  if (entry.value.kind !== 'map') {
    if (entry.value.kind === 'scalar' && entry.value.value === null) {
      report(problem('missing-key', entry.value.at, 'missing key', 'Which role? Write "name: …" below it.'));
    } else wrongType(entry.value, '"import_role"', 'a map: "name: …"', report);
    return undefined;
  }
  const request = roleRequestOf(entry.value, report);
  const role = request && roles.role(request.name, users, request.parts);
  const keywords = readInherited(fieldsOf(map), 'vars of import_role', report);
  if (request === undefined || role === undefined) return undefined;
  const use = { role, at: map.at, keywords, parameters: undefined };
  return { kind: 'role', at: map.at, use, options: request.options };
}
