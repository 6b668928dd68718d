import { problem } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import type { Variable, VarLayer } from '../model/inventory.ts';
import type { SourceRange } from '../model/source.ts';
import { iniWords } from './ini-words.ts';
import type { IniWord } from './ini-words.ts';
import type { GroupFile, GroupHost, GroupSection } from './inventory-foreign.ts';
import { hostBudget, hostsOf } from './inventory-host.ts';
import type { HostBudget } from './inventory-host.ts';
import { checkForeignVariable, checkGroupName } from './inventory-names.ts';
import { pythonLiteral } from './python-literal.ts';
import type { PlacedText, Report } from './shape.ts';

type Kind = 'hosts' | 'children' | 'vars';
const KINDS: readonly Kind[] = ['hosts', 'children', 'vars'];
/** Far more than people write; patterns of the language need a stack for long ones. */
const LONGEST_LINE = 100_000;
const SECTION = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/;

interface OpenSection {
  readonly group: string;
  readonly kind: Kind;
  readonly at: SourceRange;
  readonly hosts: GroupHost[];
  readonly children: PlacedText[];
  readonly vars: Map<string, Variable>;
}

interface Reading {
  readonly file: string;
  readonly base: string;
  readonly report: Report;
  readonly budget: HostBudget;
}

/** One line without the blanks around it. */
interface Line {
  readonly text: string;
  readonly number: number;
  /** Characters in front of `text`. */
  readonly indent: number;
}

/** Reads Ansible's INI inventory; `file` is its shown name. */
export function readIni(text: string, file: string, report: Report): GroupFile {
  const reading: Reading = { file, base: file.split('/').at(-1) ?? file, report, budget: hostBudget() };
  const first = open('ungrouped', 'hosts', { file, line: 1, column: 1, length: 1 });
  const sections: OpenSection[] = [first];
  let current: OpenSection | undefined = first;
  text.split(/\r?\n/).forEach((written, i) => {
    const trimmed = written.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) return;
    const line: Line = { text: trimmed, number: i + 1, indent: written.length - written.trimStart().length };
    if (trimmed.length > LONGEST_LINE) return report(tooLong(line, file));
    const section = SECTION.exec(trimmed);
    if (section === null && !(trimmed.startsWith('[') && trimmed.endsWith(']'))) {
      if (current !== undefined) readLine(line, current, reading);
      return;
    }
    current = section === null ? badSection(line, reading) : openSection(section, line, reading);
    if (current !== undefined) sections.push(current);
  });
  return { sections: sections.map((section) => closed(section, reading)) };
}

function tooLong(line: Line, file: string): ReturnType<typeof problem> {
  const detail = `The line has ${line.text.length} characters; ${LONGEST_LINE} is the most.`;
  return problem('bad-value', placeIn(file, line, 0, 1), 'line too long', detail);
}

function open(group: string, kind: Kind, at: SourceRange): OpenSection {
  return { group, kind, at, hosts: [], children: [], vars: new Map() };
}

function closed({ group, kind, at, hosts, children, vars }: OpenSection, reading: Reading): GroupSection {
  const label = `${reading.base}: [${group}:vars]`;
  const declares = kind !== 'vars' || group === 'all' || group === 'ungrouped';
  return { group, at, declares, hosts, children, vars: vars.size === 0 ? undefined : { label, vars } };
}

function badSection(line: Line, { file, report }: Reading): undefined {
  const detail = `"${line.text}" is no section: [group], [group:vars] or [group:children], without spaces.`;
  report(problem('bad-value', placeIn(file, line, 0, line.text.length), 'bad section', detail));
  return undefined;
}

/** undefined: the section cannot be used; its lines are passed over without more complaints. */
function openSection(found: RegExpExecArray, line: Line, reading: Reading): OpenSection | undefined {
  const [, group = '', word = 'hosts'] = found;
  const kind = KINDS.find((one) => one === word);
  if (kind === undefined) {
    const at = placeIn(reading.file, line, group.length + 2, word.length);
    const detail = `"${word}" is no kind of section; [${group}], [${group}:vars] and [${group}:children] are.${didYouMean(word, KINDS)}`;
    reading.report(problem('bad-value', at, 'bad section', detail));
    return undefined;
  }
  const at = placeIn(reading.file, line, 1, group.length);
  return checkGroupName(group, at, reading.report) ? open(group, kind, at) : undefined;
}

function readLine(line: Line, section: OpenSection, reading: Reading): void {
  if (section.kind === 'children') readChild(line, section, reading);
  else if (section.kind === 'vars') readVariable(line, section, reading);
  else section.hosts.push(...readHosts(line, section.group, reading));
}

function readChild(line: Line, section: OpenSection, reading: Reading): void {
  const name = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(line.text)?.[1];
  const at = placeIn(reading.file, line, 0, (name ?? line.text).length);
  if (name === undefined) {
    const detail = `Below [${section.group}:children] stands the name of one group on each line, not "${line.text}".`;
    reading.report(problem('bad-value', at, 'no name of a group', detail));
  } else if (checkGroupName(name, at, reading.report)) section.children.push({ text: name, at });
}

/** `name = value`: everything behind the first "=" belongs to the value. */
function readVariable(line: Line, section: OpenSection, reading: Reading): void {
  const equals = line.text.indexOf('=');
  const name = line.text.slice(0, Math.max(0, equals)).trim();
  const at = placeIn(reading.file, line, 0, equals < 0 ? line.text.length : name.length);
  if (equals < 0) {
    const detail = `Below [${section.group}:vars] each line is name=value; "${line.text}" has no "=".`;
    reading.report(problem('bad-value', at, 'no variable', detail));
    return;
  }
  if (!checkForeignVariable(name, at, 'error', reading.report)) return;
  const rest = line.text.slice(equals + 1);
  const start = equals + 1 + rest.length - rest.trimStart().length;
  const value = valueOf(rest.trim(), { line, start, raw: true, end: line.text.length }, reading.file);
  section.vars.set(name, { value, at });
}

function readHosts(line: Line, group: string, reading: Reading): readonly GroupHost[] {
  const words = iniWords(line.text);
  if (typeof words === 'number') {
    const at = placeIn(reading.file, line, words, line.text.length - words);
    const detail = 'A quote is not closed here, or a backslash ends the line.';
    reading.report(problem('bad-value', at, 'quote not closed', detail));
    return [];
  }
  const [host, ...rest] = words;
  if (host === undefined) return [];
  const vars = new Map(rest.flatMap((word) => variableOf(word, { line, host, group }, reading)));
  const label = `${reading.base}: ${host.text}`;
  const layer: VarLayer | undefined = vars.size === 0 ? undefined : { label, vars };
  const at = placeIn(reading.file, line, host.start, host.end - host.start);
  return hostsOf({ text: host.text, at, vars: layer, label }, reading.budget, reading.report);
}

function variableOf(
  word: IniWord,
  { line, host, group }: { readonly line: Line; readonly host: IniWord; readonly group: string },
  { file, report }: Reading,
): readonly (readonly [string, Variable])[] {
  const equals = word.text.indexOf('=');
  const at = placeIn(file, line, word.start, equals > 0 && word.raw ? equals : word.end - word.start);
  if (equals < 0) {
    const detail =
      `Behind the host "${host.text}" of group ${group} stand variables, name=value; "${word.text}" has no "=". ` +
      'A value with spaces needs quotes: name="two words". (The file is read as an INI inventory of Ansible\'s.)';
    report(problem('bad-value', at, 'no variable', detail));
    return [];
  }
  const name = word.text.slice(0, equals);
  if (!checkForeignVariable(name, at, 'error', report)) return [];
  const start = word.start + (word.raw ? equals + 1 : 0);
  const value = valueOf(word.text.slice(equals + 1), { line, start, end: word.end, raw: word.raw }, file);
  return [[name, { value, at }]];
}

/** Where a value stands in its line; not raw: quotes were taken off, so that its parts have no places of their own. */
interface ValuePlace {
  readonly line: Line;
  readonly start: number;
  readonly end: number;
  readonly raw: boolean;
}

function valueOf(text: string, { line, start, end, raw }: ValuePlace, file: string): Variable['value'] {
  const all = placeIn(file, line, start, end - start);
  const placeAt = (from: number, to: number): SourceRange =>
    raw ? placeIn(file, line, start + from, to - from) : all;
  return pythonLiteral(text, placeAt) ?? { kind: 'scalar', value: text, quoted: true, at: all };
}

function placeIn(file: string, line: Line, start: number, length: number): SourceRange {
  return { file, line: line.number, column: line.indent + start + 1, length: Math.max(1, length) };
}
