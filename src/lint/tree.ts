import type { SourceEntry, SourceMap, SourceNode, SourceRange, SourceScalar } from '../model/source.ts';
import type { LintFile, LintTask } from './rule.ts';

/** The value of a key; undefined where the node is no map or has no such key. */
export function valueOf(node: SourceNode | undefined, key: string): SourceNode | undefined {
  return entryOf(node, key)?.value;
}

/** The entry of a key. */
export function entryOf(node: SourceNode | undefined, key: string): SourceEntry | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;
}

/** The entries of a map; none where it is none. */
export function entriesOf(node: SourceNode | undefined): readonly SourceEntry[] {
  return node?.kind === 'map' ? node.entries : [];
}

/** The maps of a list. */
export function mapsIn(node: SourceNode | undefined): readonly SourceMap[] {
  if (node?.kind !== 'list') return [];
  return node.items.filter((item): item is SourceMap => item.kind === 'map');
}

/** One text or a list of texts, each with its node. */
export function textsIn(node: SourceNode | undefined): readonly TextNode[] {
  if (node === undefined) return [];
  const items = node.kind === 'list' ? node.items : [node];
  return items.filter(isText);
}

export type TextNode = SourceScalar & { readonly value: string };

/** True for a scalar that is text. */
export function isText(node: SourceNode | undefined): node is TextNode {
  return node?.kind === 'scalar' && typeof node.value === 'string';
}

/** The characters of the file at a place. */
export function rawText({ lines }: LintFile, at: SourceRange): string {
  return (lines[at.line - 1] ?? '').slice(at.column - 1, at.column - 1 + at.length);
}

/** The arguments of a task: those below its module and those under `args`. */
export function argumentOf(task: LintTask, name: string): SourceNode | undefined {
  return valueOf(task.module?.entry.value, name) ?? valueOf(valueOf(task.map, 'args'), name);
}

/** What a command or shell task runs, as one text, and where it is written; undefined: it cannot be seen. */
export function commandOf(task: LintTask): { readonly text: string; readonly node: SourceNode } | undefined {
  const value = task.module?.entry.value;
  if (isText(value)) return { text: value.value, node: value };
  const cmd = argumentOf(task, 'cmd');
  if (isText(cmd)) return { text: cmd.value, node: cmd };
  const argv = argumentOf(task, 'argv');
  return argv?.kind === 'list'
    ? {
        text: textsIn(argv)
          .map(({ value: word }) => word)
          .join(' '),
        node: argv,
      }
    : undefined;
}

/** A text as YAML, in double quotes. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

const WORD = /[A-Za-z_]\w*/g;
const MUSTACHE = /\{\{([^]*?)\}\}/g;

/** Every word within the templates of a text: names of variables are among them. */
export function templateWords(text: string): readonly string[] {
  if (!text.includes('{{')) return [];
  return [...text.matchAll(MUSTACHE)].flatMap(([, inside = '']) => inside.match(WORD) ?? []);
}

/** Every word of an expression. */
export function expressionWords(text: string): readonly string[] {
  return text.match(WORD) ?? [];
}
