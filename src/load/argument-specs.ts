import { problem } from '../diagnostics/diagnostic.ts';
import type { EntryPoint } from '../model/playbook.ts';
import type { ArgumentSpec, ArgumentType } from '../model/argument-spec.ts';
import { plainOf } from '../model/plain.ts';
import type { SourceEntry, SourceNode } from '../model/source.ts';
import { checkVariableName } from './names.ts';
import { asBoolean, asChoice, asList, asMap, asTexts, checkKeys, fieldsOf, isNull } from './shape.ts';
import type { Report } from './shape.ts';

const ENTRY_KEYS = [
  'short_description',
  'description',
  'options',
  'version_added',
  'author',
  'notes',
  'seealso',
  'examples',
  'todo',
  'deprecated',
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
const TYPES: readonly ArgumentType[] = [
  'str',
  'int',
  'float',
  'bool',
  'list',
  'dict',
  'path',
  'raw',
  'json',
  'jsonarg',
  'bytes',
  'bits',
];
/** Options in options: deeper ones are a mistake, not a role. */
const MOST_LEVELS = 20;

/** The entry points of meta/argument_specs.yml by name. */
export function readArgumentSpecs(
  node: SourceNode | undefined,
  report: Report,
): ReadonlyMap<string, EntryPoint> {
  if (node === undefined || isNull(node)) return new Map();
  const map = asMap(node, '"argument_specs"', report);
  return new Map(
    (map?.entries ?? []).flatMap(({ key, value }): [string, EntryPoint][] => {
      const entry = isNull(value) ? undefined : asMap(value, `"${key}"`, report);
      if (entry === undefined) return [];
      checkKeys(entry, ENTRY_KEYS, 'an entry point of argument_specs', report);
      const fields = fieldsOf(entry);
      const texts = (name: string): readonly string[] => textsOf(fields.get(name)?.value, name, report);
      return [
        [
          key,
          {
            summary: texts('short_description').join(' '),
            description: texts('description'),
            options: optionsOf(fields.get('options')?.value, 1, report),
          },
        ],
      ];
    }),
  );
}

/** The options of something that is called: a module of the user's. */
export function readOptions(node: SourceNode | undefined, report: Report): ReadonlyMap<string, ArgumentSpec> {
  return optionsOf(node, 1, report);
}

function textsOf(node: SourceNode | undefined, name: string, report: Report): readonly string[] {
  return node === undefined ? [] : asTexts(node, `"${name}"`, report).map(({ text }) => text.trim());
}

function optionsOf(
  node: SourceNode | undefined,
  level: number,
  report: Report,
): ReadonlyMap<string, ArgumentSpec> {
  if (node === undefined || isNull(node)) return new Map();
  if (level > MOST_LEVELS) {
    const detail = `Options are nested more than ${MOST_LEVELS} deep.`;
    report(problem('bad-value', node.at, 'too deep', detail));
    return new Map();
  }
  const specs = new Map<string, ArgumentSpec>();
  for (const option of asMap(node, '"options"', report)?.entries ?? []) {
    // Inside a dict the names are keys, no variables.
    const fits = level > 1 || checkVariableName(option.key, option.keyAt, report);
    if (fits) specs.set(option.key, specOf(option, level, report));
  }
  return specs;
}

function specOf({ key, keyAt, value }: SourceEntry, level: number, report: Report): ArgumentSpec {
  const map = isNull(value) ? undefined : asMap(value, `Option "${key}"`, report);
  if (map !== undefined) checkKeys(map, OPTION_KEYS, 'an option of argument_specs', report);
  const fields = map && fieldsOf(map);
  const get = (name: string): SourceNode | undefined => fields?.get(name)?.value;
  const [type, required, elements, options, fallback] = [
    get('type'),
    get('required'),
    get('elements'),
    get('options'),
    get('default'),
  ];
  const typed = (type && asChoice(type, '"type"', TYPES, report)) ?? 'str';
  const ofItems = elements && asChoice(elements, '"elements"', TYPES, report);
  if (elements !== undefined && typed !== 'list') report(needless(elements, 'elements', 'type: list'));
  if (options !== undefined && typed !== 'dict' && !(typed === 'list' && ofItems === 'dict')) {
    report(needless(options, 'options', 'type: dict, or type: list with elements: dict'));
  }
  return {
    type: typed,
    required: (required && asBoolean(required, '"required"', report)) ?? false,
    choices: choicesOf(get('choices'), report),
    elements: ofItems,
    description: textsOf(get('description'), 'description', report).join(' '),
    default: fallback === undefined ? undefined : plainOf(fallback),
    options: options === undefined ? undefined : optionsOf(options, level + 1, report),
    ...(isSecret(get('no_log'), report) ? { noLog: true } : {}),
    at: keyAt,
  };
}

function isSecret(node: SourceNode | undefined, report: Report): boolean {
  return node !== undefined && asBoolean(node, '"no_log"', report) === true;
}

function needless(node: SourceNode, key: string, needs: string): ReturnType<typeof problem> {
  const detail = `"${key}" says something only beside ${needs}.`;
  return problem('bad-value', node.at, 'key without meaning', detail);
}

function choicesOf(node: SourceNode | undefined, report: Report): ArgumentSpec['choices'] {
  const list = node && asList(node, '"choices"', report);
  return list?.items.flatMap((item) => {
    if (item.kind === 'scalar' && item.value !== null) return [item.value];
    const detail = 'Each of "choices" must be text, a number or a boolean.';
    report(problem('wrong-type', item.at, 'wrong type', detail));
    return [];
  });
}
