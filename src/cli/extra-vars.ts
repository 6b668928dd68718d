import { resolve } from 'node:path';
import type { VarLayer, Variable } from '../model/inventory.ts';
import type { SourceNode, SourceRange } from '../model/source.ts';
import type { Checked, Diagnostic } from '../diagnostics/diagnostic.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { checkVariableName } from '../load/names.ts';
import type { Report } from '../load/shape.ts';
import type { Sources } from '../load/sources.ts';
import { loadVarsFile, readVars } from '../load/vars.ts';
import { parseYaml } from '../load/yaml.ts';
import { splitWords, type Word } from './words.ts';

interface Reading {
  /** The name that the text is shown by: "-e", or "-e[2]" where there are several. */
  readonly shown: string;
  readonly text: string;
  readonly sources: Sources;
  readonly report: Report;
}

/**
 * The variables of all `-e`, later ones on top: `name=text …` (several, quoted as in a shell),
 * `name:=JSON`, `{…}` as JSON or YAML, `@file`.
 */
export function readExtraVars(texts: readonly string[], sources: Sources, cwd: string): Checked<VarLayer> {
  const problems: Diagnostic[] = [];
  const vars = new Map<string, Variable>();
  const report: Report = (found) => problems.push(found);
  texts.forEach((text, i) => {
    const shown = texts.length === 1 ? '-e' : `-e[${i + 1}]`;
    sources.add(shown, text);
    const read = text.trim().startsWith('@')
      ? loadVarsFile(resolve(cwd, text.trim().slice(1)), shown, sources, report).vars
      : readText({ shown, text, sources, report });
    for (const [name, variable] of read) vars.set(name, variable);
  });
  return { value: { label: 'extra vars (-e)', vars }, problems };
}

function readText(reading: Reading): ReadonlyMap<string, Variable> {
  const { text, shown, report } = reading;
  if (text.trim().startsWith('{')) {
    const { value, problems } = parseYaml(text, shown, reading.sources.vault);
    problems.forEach(report);
    return value === undefined ? new Map() : readVars(value, shown, report).vars;
  }
  const typed = /^\s*(\w+):=/.exec(text);
  if (typed?.[1] !== undefined) return readTyped(reading, typed[1], typed[0].length);
  return readPairs(reading);
}

/** `name:=JSON`: the rest of the text is the value, spaces and all. */
function readTyped(reading: Reading, name: string, start: number): ReadonlyMap<string, Variable> {
  const { text, shown, report } = reading;
  const at = rangeIn(reading, text.indexOf(name), name.length);
  if (!checkVariableName(name, at, report)) return new Map();
  const json = text.slice(start);
  if (!isJson(json)) {
    const detail = `What stands behind "${name}:=" must be JSON (true, 3, ["a"], {"b": 1}, "text"); "${name}=…" takes plain text.`;
    report(problem('bad-value', rangeIn(reading, start, json.length), 'not JSON', detail));
    return new Map();
  }
  // The blanks keep the columns right.
  const { value } = parseYaml(text.slice(0, start).replace(/./g, ' ') + json, shown);
  return value === undefined ? new Map() : new Map([[name, { value, at }]]);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function readPairs(reading: Reading): ReadonlyMap<string, Variable> {
  const { text, report } = reading;
  const words = splitWords(text);
  if (typeof words === 'string') {
    report(problem('bad-value', rangeIn(reading, 0, text.length), 'bad extra variable', words));
    return new Map();
  }
  const pairs = words.flatMap((word) => pairOf(word, reading));
  if (words.length === 0) {
    const detail = 'Write -e name=text, -e name:=JSON, -e \'{"name": 1}\' or -e @file.';
    report(problem('bad-value', rangeIn(reading, 0, 1), 'empty extra variable', detail));
  }
  return new Map(pairs);
}

function pairOf(word: Word, reading: Reading): readonly (readonly [string, Variable])[] {
  const { report } = reading;
  const equals = word.text.indexOf('=');
  if (equals <= 0) {
    const detail = `It must be name=text. Quote a text with spaces: -e "name='two words'".`;
    report(problem('bad-value', rangeIn(reading, word.start, word.length), 'bad extra variable', detail));
    return [];
  }
  const name = word.text.slice(0, equals);
  const at = rangeIn(reading, word.start, word.length);
  if (!checkVariableName(name, at, report)) return [];
  const value: SourceNode = { kind: 'scalar', value: word.text.slice(equals + 1), quoted: true, at };
  return [[name, { value, at }]];
}

function rangeIn({ text, shown }: Reading, start: number, length: number): SourceRange {
  const before = text.slice(0, start);
  const line = before.split('\n').length;
  const column = start - (before.lastIndexOf('\n') + 1) + 1;
  return { file: shown, line, column, length: Math.max(1, length) };
}
