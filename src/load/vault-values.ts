import { visit } from 'yaml';
import type { Scalar } from 'yaml';
import { compose } from './yaml-compose.ts';
import { isStructural, isVaultTag } from './yaml-messages.ts';

/** A single encrypted value of a YAML text: where its block stands, from the `|` on, and what is in it. */
export interface VaultValue {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly ciphertext: string;
  /** Blanks before each of its lines; undefined: it is no block (`|`) but stands in quotes. */
  readonly indent: string | undefined;
}

/** All values behind `!vault`; undefined where the text is no whole YAML. */
export function findVaultValues(text: string): readonly VaultValue[] | undefined {
  const { document, errors, tooDeepAt } = compose(text);
  if (document === undefined || tooDeepAt !== undefined) return undefined;
  if (errors.some(({ code }) => isStructural(code))) return undefined;
  const found: VaultValue[] = [];
  visit(document, {
    Scalar: (_, node) => {
      const value = isVaultTag(node.tag) ? valueAt(text, node as Scalar.Parsed) : undefined;
      if (value !== undefined) found.push(value);
    },
  });
  return found;
}

/** The text with other encrypted texts in the place of these, all else as it was. */
export function replaceVaultValues(
  text: string,
  values: readonly { readonly value: VaultValue; readonly ciphertext: string }[],
): string {
  const fromEnd = [...values].sort((a, b) => b.value.start - a.value.start);
  return fromEnd.reduce((whole, { value, ciphertext }) => {
    const block = value.indent === undefined ? JSON.stringify(ciphertext) : blockOf(ciphertext, value.indent);
    return `${whole.slice(0, value.start)}${block}${whole.slice(value.end)}`;
  }, text);
}

function blockOf(ciphertext: string, indent: string): string {
  const lines = ciphertext.trimEnd().split('\n');
  return ['|', ...lines.map((line) => `${indent}${line}`)].join('\n');
}

function valueAt(text: string, node: Scalar.Parsed): VaultValue | undefined {
  const [start, end] = node.range;
  if (typeof node.value !== 'string') return undefined;
  const block = text.slice(start, end);
  const isBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
  return {
    start,
    end: end - (block.length - block.trimEnd().length),
    line: text.slice(0, start).split('\n').length,
    ciphertext: node.value,
    indent: isBlock ? (/\n([ ]+)\S/.exec(block)?.[1] ?? '  ') : undefined,
  };
}
