import { problem } from '../diagnostics/diagnostic.ts';
import type { ArgumentSpec, Role } from '../model/playbook.ts';
import type { SourceEntry, SourceNode } from '../model/source.ts';
import { checkVariableName } from './names.ts';
import { findYaml, openYaml } from './open.ts';
import { readRoleUses } from './role-use.ts';
import type { RoleLibrary } from './role-use.ts';
import { asBoolean, asChoice, asList, asMap, asText, asTexts, checkKeys, fieldsOf, isNull } from './shape.ts';
import type { Report } from './shape.ts';
import type { Sources } from './sources.ts';

interface MetaReading {
  readonly sources: Sources;
  readonly report: Report;
  readonly library: RoleLibrary;
  readonly users: readonly string[];
}

type Specs = Role['argumentSpec'];

const META_KEYS = [
  'dependencies',
  'argument_specs',
  'galaxy_info',
  'allow_duplicates',
  'collections',
  'standalone',
];
const OPTION_KEYS = [
  'type',
  'required',
  'choices',
  'elements',
  'description',
  'default',
  'options',
  'version_added',
  'no_log',
  'aliases',
];
const TYPES = ['str', 'int', 'float', 'bool', 'list', 'dict', 'path', 'raw'] as const;

/** What meta/main.yml and meta/argument_specs.yml say; what describes the role for Galaxy is left alone. */
export function readMeta(dir: string, reading: MetaReading): Pick<Role, 'dependencies' | 'argumentSpec'> {
  const main = readFile(dir, 'main', META_KEYS, reading);
  const specs = readFile(dir, 'argument_specs', ['argument_specs'], reading);
  const node = specs?.get('argument_specs')?.value ?? main?.get('argument_specs')?.value;
  const dependencies = main?.get('dependencies')?.value;
  return {
    dependencies:
      dependencies === undefined
        ? []
        : readRoleUses(dependencies, '"dependencies"', reading.library, reading.users),
    argumentSpec: node === undefined ? new Map() : specsOf(node, reading.report),
  };
}

function readFile(
  dir: string,
  base: string,
  keys: readonly string[],
  { sources, report }: MetaReading,
): ReadonlyMap<string, SourceEntry> | undefined {
  const file = findYaml(dir, base, sources, report);
  const node = file === undefined ? undefined : openYaml(file, sources, report);
  const map = node === undefined ? undefined : asMap(node, `meta/${base}.yml`, report);
  if (map === undefined) return undefined;
  checkKeys(map, keys, `meta/${base}.yml`, report);
  return fieldsOf(map);
}

function specsOf(node: SourceNode, report: Report): Specs {
  const entryPoints = isNull(node) ? undefined : asMap(node, '"argument_specs"', report);
  const entry = entryPoints && fieldsOf(entryPoints).get('main');
  const main = entry === undefined || isNull(entry.value) ? undefined : asMap(entry.value, '"main"', report);
  const options = main && fieldsOf(main).get('options');
  if (options === undefined || isNull(options.value)) return new Map();
  const specs = new Map<string, ArgumentSpec>();
  for (const option of asMap(options.value, '"options"', report)?.entries ?? []) {
    if (checkVariableName(option.key, option.keyAt, report)) specs.set(option.key, specOf(option, report));
  }
  return specs;
}

function specOf({ key, keyAt, value }: SourceEntry, report: Report): ArgumentSpec {
  const map = isNull(value) ? undefined : asMap(value, `Option "${key}"`, report);
  if (map !== undefined) checkKeys(map, OPTION_KEYS, 'an option of argument_specs', report);
  const fields = map && fieldsOf(map);
  const get = (name: string): SourceNode | undefined => fields?.get(name)?.value;
  const [type, required, elements, description] = [
    get('type'),
    get('required'),
    get('elements'),
    get('description'),
  ];
  return {
    type: (type && asChoice(type, '"type"', TYPES, report)) ?? 'str',
    required: (required && asBoolean(required, '"required"', report)) ?? false,
    choices: choicesOf(get('choices'), report),
    elements: elements && asText(elements, '"elements"', report),
    description:
      description === undefined
        ? ''
        : asTexts(description, '"description"', report)
            .map((t) => t.text)
            .join(' '),
    at: keyAt,
  };
}

function choicesOf(node: SourceNode | undefined, report: Report): ArgumentSpec['choices'] {
  const list = node && asList(node, '"choices"', report);
  return list?.items.flatMap((item) => {
    if (item.kind === 'scalar' && item.value !== null) return [item.value];
    report(
      problem('wrong-type', item.at, 'wrong type', 'Each of "choices" must be text, a number or a boolean.'),
    );
    return [];
  });
}
