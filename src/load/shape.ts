import { problem } from '../diagnostics/diagnostic.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { didYouMean, suggest } from '../diagnostics/suggest.ts';
import type { SourceEntry, SourceList, SourceMap, SourceNode } from '../model/source.ts';

/** Takes a problem; reading goes on. */
export type Report = (found: Diagnostic) => void;

/** Entries of a map by key. */
export type Fields = ReadonlyMap<string, SourceEntry>;

/** The entries by key. */
export function fieldsOf(map: SourceMap): Fields {
  return new Map(map.entries.map((entry) => [entry.key, entry]));
}

/** True for an empty value: `key:` or `key: null`. */
export function isNull(node: SourceNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

/** Says what a value is, for "… is needed here, not …". */
export function kindOf(node: SourceNode): string {
  if (node.kind !== 'scalar') return `a ${node.kind}`;
  if (node.value === null) return 'nothing';
  if (typeof node.value === 'string') return node.value === '' ? 'empty text' : 'text';
  return typeof node.value === 'number' ? 'a number' : `the boolean ${node.value}`;
}

/** Reports that `what` is of the wrong type. */
export function wrongType(node: SourceNode, what: string, wanted: string, report: Report): void {
  report(problem('wrong-type', node.at, 'wrong type', `${what} must be ${wanted}, not ${kindOf(node)}.`));
}

/** The value as a map. */
export function asMap(node: SourceNode, what: string, report: Report): SourceMap | undefined {
  if (node.kind === 'map') return node;
  wrongType(node, what, 'a map (key: value)', report);
  return undefined;
}

/** The value as a list. */
export function asList(node: SourceNode, what: string, report: Report): SourceList | undefined {
  if (node.kind === 'list') return node;
  wrongType(node, what, 'a list', report);
  return undefined;
}

/** The value as text; whole numbers count as their text. */
export function asText(node: SourceNode, what: string, report: Report): string | undefined {
  if (node.kind === 'scalar') {
    if (typeof node.value === 'string' && node.value !== '') return node.value;
    if (typeof node.value === 'number' && Number.isInteger(node.value)) return String(node.value);
    if (typeof node.value === 'boolean' || typeof node.value === 'number') {
      const detail = `${what} must be text, not ${kindOf(node)}; put it in quotes.`;
      report(problem('wrong-type', node.at, 'wrong type', detail));
      return undefined;
    }
  }
  wrongType(node, what, 'text', report);
  return undefined;
}

/** A text with its own place. */
export interface PlacedText {
  readonly text: string;
  readonly at: SourceNode['at'];
}

/** One text or a list of texts. */
export function asTexts(node: SourceNode, what: string, report: Report): readonly PlacedText[] {
  if (isNull(node)) return [];
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) => {
    const text = asText(item, node.kind === 'list' ? `each of ${what}` : what, report);
    return text === undefined ? [] : [{ text, at: item.at }];
  });
}

/** Only true and false are booleans. */
export function asBoolean(node: SourceNode, what: string, report: Report): boolean | undefined {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') {
    if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
    wrongType(node, what, 'true or false', report);
    return undefined;
  }
  const word = node.value.toLowerCase();
  const meant = ['yes', 'on', 'true', 'y'].includes(word)
    ? 'true'
    : ['no', 'off', 'false', 'n'].includes(word)
      ? 'false'
      : '';
  const hint =
    meant !== ''
      ? ` In YAML 1.2 ${node.quoted ? 'quoted words' : 'yes, no, on and off'} are text: write ${meant}.`
      : '';
  const template = node.value.includes('{{') ? ' Templates are not possible here.' : '';
  report(
    problem(
      'wrong-type',
      node.at,
      'wrong type',
      `${what} must be true or false, not text.${hint}${template}`,
    ),
  );
  return undefined;
}

/** Bounds of a number. */
export interface Bounds {
  readonly min: number;
  readonly max?: number;
  readonly fraction?: boolean;
}

/** A number within bounds, whole unless said otherwise. */
export function asNumber(node: SourceNode, what: string, bounds: Bounds, report: Report): number | undefined {
  const wanted = `a ${bounds.fraction === true ? '' : 'whole '}number ${bounds.max === undefined ? `of at least ${bounds.min}` : `from ${bounds.min} to ${bounds.max}`}`;
  if (node.kind !== 'scalar' || typeof node.value !== 'number') {
    const quoted = node.kind === 'scalar' && typeof node.value === 'string' && /^[\d.]+$/.test(node.value);
    const hint = quoted ? ' Remove the quotes.' : isTemplate(node) ? ' Templates are not possible here.' : '';
    report(
      problem('wrong-type', node.at, 'wrong type', `${what} must be ${wanted}, not ${kindOf(node)}.${hint}`),
    );
    return undefined;
  }
  const { value } = node;
  const fits = value >= bounds.min && value <= (bounds.max ?? Infinity);
  if (fits && (bounds.fraction === true || Number.isInteger(value))) return value;
  report(problem('bad-value', node.at, 'bad value', `${what} must be ${wanted}, not ${value}.`));
  return undefined;
}

/** One of a fixed list of words. */
export function asChoice<T extends string>(
  node: SourceNode,
  what: string,
  choices: readonly T[],
  report: Report,
): T | undefined {
  const text = asText(node, what, report);
  const found = choices.find((choice) => choice === text);
  if (found !== undefined || text === undefined) return found;
  const detail = `${what} must be one of ${choices.join(', ')}, not "${text}".${didYouMean(text, choices)}`;
  report(problem('bad-value', node.at, 'bad value', detail));
  return undefined;
}

/** True for text with a template in it. */
export function isTemplate(node: SourceNode): boolean {
  return node.kind === 'scalar' && typeof node.value === 'string' && node.value.includes('{{');
}

/** Reports every key that is not among `known`. */
export function checkKeys(map: SourceMap, known: readonly string[], where: string, report: Report): void {
  for (const entry of map.entries) {
    if (!known.includes(entry.key)) report(unknownKey(entry, known, where));
  }
}

/** The problem of a key that means nothing `where` it stands; names the near one, else all. */
export function unknownKey(entry: SourceEntry, known: readonly string[], where: string): Diagnostic {
  const near = suggest(entry.key, known);
  const help = near === undefined ? ` Possible keys: ${known.join(', ')}.` : ` Did you mean "${near}"?`;
  return problem('unknown-key', entry.keyAt, 'unknown key', `"${entry.key}" is no key of ${where}.${help}`);
}
