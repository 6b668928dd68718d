import type { Data } from '../../model/data.ts';
import { ArgumentError } from '../errors.ts';
import { isList, isMap } from '../member.ts';
import { asText, kindOf, wholly } from '../text.ts';
import type { Helper } from './helper.ts';
import { numberOf } from './helper.ts';

const PLAIN_YAML = /^[A-Za-z/][A-Za-z0-9_/.-]*$/;
/** Also `e1`: readers of YAML 1.1 take it for a number. */
const YAML_WORD = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf|e[-+]?\d+)$/i;
const NOT_PRINTABLE = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;
const PLAIN_WORD = /^[A-Za-z0-9_/.,:@%+-]+$/;

/** Helpers that write a value for the language it lands in. */
export const targetHelpers: Readonly<Record<string, Helper>> = {
  yaml: {
    usage: 'yaml value',
    summary: 'The value as YAML on one line; reads back as exactly that value, in YAML 1.1 and 1.2.',
    arity: [1, 1],
    call: ([value]) => yaml(wholly(value as Data)),
  },
  json: {
    usage: 'json value indent=N',
    summary: 'The value as JSON; `indent=2` spreads it over lines.',
    arity: [1, 1],
    named: ['indent'],
    call: ([value], { indent = 0 }) =>
      JSON.stringify(wholly(value as Data), null, Math.min(10, numberOf(indent))),
  },
  sh: {
    usage: 'sh value',
    summary: 'The value as one quoted word for the shell; each item of a list as a word of its own.',
    arity: [1, 1],
    call: ([value]) => (isList(value) ? value.map(word).join(' ') : word(value as Data)),
  },
};

function yaml(value: Data): string {
  if (typeof value === 'string') return yamlText(value);
  if (typeof value === 'number') return yamlNumber(value);
  if (isList(value)) return `[${value.map(yaml).join(', ')}]`;
  if (!isMap(value)) return value === null ? 'null' : asText(value);
  const entries = Object.entries(value).map(([key, item]) => `${yamlText(key)}: ${yaml(item)}`);
  return `{${entries.join(', ')}}`;
}

function yamlText(text: string): string {
  if (PLAIN_YAML.test(text) && !YAML_WORD.test(text)) return text;
  const hex = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text).replace(NOT_PRINTABLE, hex);
}

/** YAML 1.1 readers (PyYAML) take `1e+21` for a text: they want the point. */
function yamlNumber(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  return String(value).replace(/^(-?\d+)e/, '$1.0e');
}

function word(value: Data): string {
  if (typeof value === 'object' && value !== null) {
    wholly(value);
    throw new ArgumentError(`cannot make a word of ${kindOf(value)}; write (sh (json …)) for its JSON`);
  }
  const text = asText(value);
  if (text.includes('\0')) throw new ArgumentError('a shell word cannot hold a NUL character');
  return PLAIN_WORD.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
