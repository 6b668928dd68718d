import { problem } from '../diagnostics/diagnostic.ts';
import type { RoleOptions, RoleParts } from '../model/playbook.ts';
import type { SourceMap, SourceRange } from '../model/source.ts';
import { asBoolean, asText, checkKeys, fieldsOf } from './shape.ts';
import type { Fields, PlacedText, Report } from './shape.ts';

/** Arguments of import_role and include_role. */
export const ROLE_KEYS: readonly string[] = [
  'name',
  'role',
  'tasks_from',
  'vars_from',
  'defaults_from',
  'handlers_from',
  'public',
  'allow_duplicates',
  'rolespec_validate',
];

/** What `import_role` asks for. */
export interface RoleRequest {
  readonly name: PlacedText;
  readonly parts: RoleParts;
  readonly options: RoleOptions;
}

/** Reads the arguments of `import_role`; undefined: it names no role, which is reported. */
export function roleRequestOf(map: SourceMap, report: Report): RoleRequest | undefined {
  checkKeys(map, ROLE_KEYS, 'import_role', report);
  const fields = fieldsOf(map);
  const name = fields.get('name') ?? fields.get('role');
  if (name === undefined) {
    report(problem('missing-key', map.at, 'missing key', 'Which role? Write "name: …" below it.'));
    return undefined;
  }
  const part = (key: string): string | undefined => {
    const node = fields.get(key)?.value;
    return node === undefined ? undefined : fixed(asText(node, `"${key}"`, report), node.at, report);
  };
  const text = fixed(asText(name.value, `"${name.key}"`, report), name.value.at, report);
  const parts = partsOf(part);
  return text === undefined
    ? undefined
    : { name: { text, at: name.value.at }, parts, options: roleOptionsOf(fields, true, report) };
}

/** `public`, `allow_duplicates` and `rolespec_validate`. */
export function roleOptionsOf(fields: Fields, exposed: boolean, report: Report): RoleOptions {
  const flag = (key: string, unsaid: boolean): boolean => {
    const node = fields.get(key)?.value;
    return (node && asBoolean(node, `"${key}"`, report)) ?? unsaid;
  };
  return {
    public: flag('public', exposed),
    allowDuplicates: flag('allow_duplicates', true),
    validate: flag('rolespec_validate', true),
  };
}

/** The files of a role by the keys `tasks_from`, `vars_from`, `defaults_from` and `handlers_from`. */
export function partsOf(get: (key: string) => string | undefined): RoleParts {
  const folders = ['tasks', 'vars', 'defaults', 'handlers'] as const;
  return Object.fromEntries(
    folders.flatMap((folder) => {
      const value = get(`${folder}_from`);
      return value === undefined ? [] : [[folder, value]];
    }),
  );
}

function fixed(text: string | undefined, at: SourceRange, report: Report): string | undefined {
  if (text?.includes('{{') !== true) return text;
  const detail =
    'import_role is read before anything runs, so no variable has a value yet: write the name, or use include_role.';
  report(problem('bad-value', at, 'template in import_role', detail));
  return undefined;
}
