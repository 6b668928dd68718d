import { isDataMap, Unknown, wordsOf, type Data, type DataMap } from '../../model/data.ts';

/** What an argument may be; the keys are those of Ansible's argument_specs. */
export interface Spec {
  readonly type?: string | undefined;
  readonly required?: boolean | undefined;
  readonly choices?: readonly (string | number | boolean)[] | undefined;
  readonly elements?: string | undefined;
  readonly options?: Readonly<Record<string, Spec>> | undefined;
}

export type Specs = Readonly<Record<string, Spec>>;

/** Everything that is wrong with the arguments of a role, one sentence each; what is not known yet is right. */
export function validateArguments(specs: Specs, given: DataMap, path = ''): readonly string[] {
  return Object.entries(specs).flatMap(([name, spec]) => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    const shown = path === '' ? name : `${path}.${name}`;
    if (value === undefined || value === null) {
      // As in Ansible: null is a value, but none that a required argument may have inside a dict.
      return spec.required === true && value === undefined ? [`${shown} is missing`] : [];
    }
    return validateArgument(spec, value, shown);
  });
}

/** What is wrong with one value; `name` is how it is called. */
export function validateArgument(spec: Spec, value: Data, name: string): readonly string[] {
  if (value instanceof Unknown || value === null) return [];
  const type = spec.type ?? 'str';
  if (!fits(value, type)) return [`${name} must be ${words(type)}, not ${kindOf(value)}`];
  return [
    ...choiceProblems(spec, value, name),
    ...itemProblems(spec, value, name),
    ...memberProblems(spec, value, name),
  ];
}

function choiceProblems({ choices }: Spec, value: Data, name: string): readonly string[] {
  if (choices === undefined) return [];
  const values: readonly Data[] = Array.isArray(value) ? (value as readonly Data[]) : [value];
  const wrong = values.find(
    (each) => !(each instanceof Unknown) && !choices.some((choice) => String(choice) === wordsOf(each)),
  );
  return wrong === undefined ? [] : [`${name} must be one of ${choices.join(', ')}, not ${kindOf(wrong)}`];
}

function itemProblems({ elements, options }: Spec, value: Data, name: string): readonly string[] {
  if (elements === undefined || !Array.isArray(value)) return [];
  return (value as readonly Data[]).flatMap((item, i) =>
    validateArgument({ type: elements, options }, item, `${name}[${i}]`),
  );
}

function memberProblems({ options }: Spec, value: Data, name: string): readonly string[] {
  if (options === undefined || !isDataMap(value)) return [];
  const strange = Object.keys(value).filter((key) => !Object.hasOwn(options, key));
  return [
    ...strange.map((key) => `${name} has no ${key}; it has ${Object.keys(options).join(', ')}`),
    ...validateArguments(options, value, name),
  ];
}

const TYPES: Readonly<Record<string, (value: Data) => boolean>> = {
  list: (value) => Array.isArray(value),
  dict: (value) => isDataMap(value),
  int: (value) => Number.isInteger(value) || (typeof value === 'string' && /^\s*-?\d+\s*$/.test(value)),
  float: (value) =>
    typeof value === 'number' || (typeof value === 'string' && value.trim() !== '' && !isNaN(Number(value))),
  bool: (value) => typeof value === 'boolean',
  str: isScalar,
  path: isScalar,
  bytes: isScalar,
  bits: isScalar,
  json: () => true,
  jsonarg: () => true,
  raw: () => true,
};

function fits(value: Data, type: string): boolean {
  return TYPES[type]?.(value) ?? true;
}

function isScalar(value: Data): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

const WORDS: Readonly<Record<string, string>> = {
  str: 'text',
  int: 'a whole number',
  float: 'a number',
  bool: 'true or false',
  list: 'a list',
  dict: 'a map',
  path: 'a path',
};

function words(type: string): string {
  return WORDS[type] ?? `of type ${type}`;
}

/** Never the value itself: it may be a secret. */
function kindOf(value: Data): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return value === '' ? 'empty text' : 'other text';
  return typeof value === 'number' ? 'a number' : `the boolean ${String(value)}`;
}
