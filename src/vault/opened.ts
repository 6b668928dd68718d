import type { VaultKey } from './key.ts';

/** What became of an encrypted text; `words`: why it stays closed, for the user, without a secret. */
export type Opened =
  | { readonly kind: 'text'; readonly text: string; readonly keys: readonly VaultKey[] }
  | { readonly kind: 'wrong-key'; readonly words: string }
  | { readonly kind: 'damaged'; readonly words: string };

/** The keys that were tried, for "None of … opens it". */
export function triedWords(keys: readonly VaultKey[]): string {
  return [
    ...new Set(keys.map((key) => `${key.kind === 'identity' ? 'identity' : 'passphrase'} ${key.name}`)),
  ].join(', ');
}

/** Bytes as text, where they are one. */
export function openedText(bytes: Uint8Array, keys: readonly VaultKey[]): Opened {
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), keys };
  } catch {
    return { kind: 'damaged', words: 'What is encrypted is no text in UTF-8.' };
  }
}
