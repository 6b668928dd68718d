import type { ShellCommand } from '../../transport/command.ts';
import { quote } from '../../transport/command.ts';
import type { FactGroup } from './group.ts';

/** What the user may say about the asking. */
export interface ScriptOptions {
  /** Limit of each thing that may hang: a network file system, Docker, a program among the local facts. */
  readonly timeoutSeconds: number;
  /** Folder of the local facts. */
  readonly factPath: string;
}

/**
 * One script that asks everything for these groups. It writes nothing on the node, needs nothing but /bin/sh, and
 * leaves out what the node has no tool for. It is short on purpose: bash reads it byte by byte.
 *
 * In the text of a group: `s NAME` begins a section, `$t` in front of a command limits its time, `$d` is the folder
 * of local facts, `$k` holds what `lines` brought.
 */
export function factScript(groups: readonly FactGroup[], options: ScriptOptions): ShellCommand {
  const beside = groups.flatMap((group) => group.beside ?? []);
  const body = [
    ...groups.flatMap((group) => group.first ?? []),
    // Tools speak English and sort by bytes.
    'LC_ALL=C;export LC_ALL',
    ...filesPart(groups),
    ...linesPart(groups),
    ...pathsPart(groups),
    ...groups.flatMap((group) => group.script ?? []),
  ].join('\n');
  const all = [body, ...beside.map(({ command }) => command)].join('\n');
  const text = [
    's(){ printf \'\\n\\036%s\\n\' "$1";}',
    ...(all.includes('$t')
      ? [`t=;command -v timeout >/dev/null&&t='timeout ${options.timeoutSeconds}'`]
      : []),
    ...(all.includes('$d') ? [`d=${quote(options.factPath)}`] : []),
    ...besideText(body, beside),
    's end',
  ].join('\n');
  return { text, shown: `(facts: ${groups.map((group) => group.name).join(', ')})` };
}

/** The slow commands run while the shell does the rest; a pipe keeps what they print until it is asked for. */
function besideText(body: string, beside: readonly NonNullable<FactGroup['beside']>[]): readonly string[] {
  if (beside.length === 0) return [body];
  const [{ section, command } = { section: '', command: '' }] = beside;
  return [`{ ${command}\n}|{\n{\n${body}\n}</dev/null`, `s ${section}`, 'cat', '}'];
}

function filesPart(groups: readonly FactGroup[]): readonly string[] {
  const files = unique(groups.flatMap((group) => group.files ?? []));
  return files.length === 0 ? [] : [`s files;grep -sH '' ${files.join(' ')}`];
}

/** Each expression counts for all of these files: they look too different to match one another's. */
function linesPart(groups: readonly FactGroup[]): readonly string[] {
  const wanted = groups.flatMap((group) => Object.entries(group.lines ?? {}));
  if (wanted.length === 0) return [];
  const expression = unique(wanted.map(([, pattern]) => pattern)).join('|');
  const files = unique(wanted.map(([path]) => path)).join(' ');
  return [`k=$(grep -sHE '${expression}' ${files})`, 's lines;printf \'%s\\n\' "$k"'];
}

function pathsPart(groups: readonly FactGroup[]): readonly string[] {
  const paths = unique(groups.flatMap((group) => group.paths ?? []));
  return paths.length === 0 ? [] : [`s paths;for f in ${paths.join(' ')};do [ -e $f ]&&echo $f;done`];
}

function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words)];
}
