// The second home of `yaml` beside load/: OMS's own config.yaml is not a file the user wrote, needs no places
// in it, and is read more tolerantly than a playbook.
import { isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Pair, Scalar, YAMLError } from 'yaml';
import type { Data, DataMap } from '../model/data.ts';
import type { ValueRow } from '../model/result.ts';
import { canonical, sameData, sameValue } from './canonical.ts';
import { CONFIG_KEYS, configKey, isSecretKey } from './keys.ts';
import type { ConfigProblem } from './config-problem.ts';

export interface ParsedConfig {
  /** In the types of the parameters where they can be read so; keys without a value are null. */
  readonly values: DataMap;
  readonly problems: readonly ConfigProblem[];
}

const HEADER = '# config.yaml of OMS, written by oms-play: change the inventory, not this file.\n';
const SECTIONS: ReadonlyMap<string, string> = new Map([
  ['oms_meta_host', 'MetaDB'],
  ['drc_rm_db', 'Databases in the MetaDB'],
  ['cm_url', 'Region'],
  ['tsdb_service', 'Time-series database'],
  ['ghana_server_port', 'Ports'],
]);

/**
 * Reads a config.yaml however it was written: by hand, by the vendor's tool (quoted keys, `!!bool "true"`,
 * numbers as text) or by us. Never throws; messages never quote the file, which holds passwords.
 */
export function parseConfig(text: string): ParsedConfig {
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true, logLevel: 'silent' });
  const problems = document.errors.map((error) => syntaxProblem(error, text));
  const root = document.contents;
  if (root === null || (isScalar(root) && root.value === null)) return { values: {}, problems };
  if (!isMap(root)) {
    if (problems.length > 0) return { values: {}, problems };
    const detail = 'The file does not consist of "key: value" lines; a space after the colon is needed.';
    return { values: {}, problems: [...problems, yamlProblem(detail)] };
  }
  const reading: Reading = { text, problems };
  const entries = root.items.map((pair) => entryOf(pair, reading));
  return { values: Object.fromEntries(entries), problems };
}

interface Reading {
  readonly text: string;
  readonly problems: ConfigProblem[];
}

function entryOf(pair: Pair<unknown, unknown>, reading: Reading): readonly [string, Data] {
  const name = keyOf(pair);
  return [name, dataOf(name, pair.value, reading)];
}

function keyOf({ key }: Pair<unknown, unknown>): string {
  return isScalar(key) ? (key.source ?? String(key.value)) : String(key);
}

function dataOf(name: string, value: unknown, reading: Reading): Data {
  if (isScalar(value)) return scalarOf(name, value);
  if (isSeq(value)) {
    const items = value.items.map((item) => dataOf(name, item, reading));
    return canonical(name, items);
  }
  if (isMap(value)) {
    // A member of a nested map is no parameter, whatever its name.
    return Object.fromEntries(value.items.map((pair) => [keyOf(pair), dataOf('', pair.value, reading)]));
  }
  if (isAlias(value)) {
    const line = lineAt(reading.text, value.range?.[0] ?? 0);
    const detail = `Line ${line}: a value that begins with * must be quoted; aliases are not used in config.yaml.`;
    reading.problems.push(yamlProblem(detail));
  }
  return null;
}

function scalarOf(name: string, scalar: Scalar): Data {
  const { value, source } = scalar;
  const type = configKey(name)?.type;
  if (value === null || value === undefined) return null;
  // A password written as 0123 or 1e5 is that text, not the number.
  if ((type === 'string' || type === 'url' || type === 'list') && typeof value !== 'string') {
    return source ?? JSON.stringify(value);
  }
  return canonical(name, plain(value));
}

function plain(value: unknown): Data {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : String(value);
}

function syntaxProblem(error: YAMLError, text: string): ConfigProblem {
  const line = lineAt(text, error.pos[0]);
  const what = error.code.toLowerCase().replaceAll('_', ' ');
  return yamlProblem(`Line ${line} is not valid YAML (${what}).`);
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function yamlProblem(detail: string): ConfigProblem {
  return { code: 'yaml-syntax', severity: 'error', summary: 'config.yaml cannot be read', detail };
}

/**
 * The text of a config.yaml: the vendor's order of keys, then unknown ones as they come; null is left out.
 * The same values always give the same bytes. What it gives was read back and compared.
 */
export function renderConfig(values: DataMap): string {
  const present = inOrder(values).filter(([, value]) => value !== null);
  let text = HEADER;
  for (const [name, value] of present) {
    const section = SECTIONS.get(name);
    if (section !== undefined) text += `\n# ${section}\n`;
    text += line(name, canonical(name, value));
  }
  const back = parseConfig(text);
  for (const [name, value] of present) {
    if (back.problems.length > 0 || !sameData(own(back.values, name), canonical(name, value))) {
      throw new Error(
        `config.yaml: the value of ${name} cannot be written as YAML so that it reads the same`,
      );
    }
  }
  return text;
}

function inOrder(values: DataMap): readonly (readonly [string, Data])[] {
  const known = CONFIG_KEYS.map((key) => key.name).filter((name) => Object.hasOwn(values, name));
  const others = Object.keys(values).filter((name) => configKey(name) === undefined);
  return [...known, ...others].map((name) => [name, own(values, name)] as const);
}

/** A key may be called like something that every object inherits (`valueOf`). */
function own(map: DataMap, name: string): Data {
  return Object.hasOwn(map, name) ? (map[name] ?? null) : null;
}

function line(name: string, value: Data): string {
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')) {
    return `${scalar(name)}:\n${value.map((item) => ` - ${scalar(item)}\n`).join('')}`;
  }
  return `${scalar(name)}: ${typeof value === 'object' ? ascii(JSON.stringify(value)) : scalar(value)}\n`;
}

// Words that YAML 1.1, which OMS's own reader speaks, takes for something else than text.
const SPECIAL_WORD = /^(y|n|yes|no|on|off|true|false|null|e[-+]?\d+)$/i;
const PLAIN_WORD = /^[A-Za-z](?:[A-Za-z0-9_./@$+-]|:(?=[A-Za-z0-9/])|#)*$/;
const IP_ADDRESS = /^\d{1,3}(\.\d{1,3}){3}$/;

function scalar(value: string | number | boolean): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  if ((PLAIN_WORD.test(value) && !SPECIAL_WORD.test(value)) || IP_ADDRESS.test(value)) return value;
  return /^[\x20-\x7e]*$/.test(value) && !value.includes("'") ? `'${value}'` : ascii(JSON.stringify(value));
}

/** JSON's quoting is YAML's too, but for characters that YAML wants escaped. */
function ascii(json: string): string {
  return json.replace(/[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/**
 * What differs between two configurations, key by key in the vendor's order; `"2"` equals 2 and a missing key
 * equals null. Secrets are `***`, and `*** (changed)` where they differ.
 */
export function compareConfig(before: DataMap, after: DataMap): ValueRow[] {
  const rows: ValueRow[] = [];
  for (const [name] of inOrder({ ...before, ...after })) {
    const [old, wanted] = [own(before, name), own(after, name)];
    if (!sameValue(name, old, wanted)) rows.push(row(name, old, wanted));
  }
  return rows;
}

function row(name: string, before: Data, after: Data): ValueRow {
  if (!isSecretKey(name)) return { name, before, after };
  const changed = before !== null && after !== null;
  return {
    name,
    before: before === null ? null : '***',
    after: after === null ? null : changed ? '*** (changed)' : '***',
  };
}
