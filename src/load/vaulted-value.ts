import { problem } from '../diagnostics/diagnostic.ts';
import type { SourceRange, SourceScalar } from '../model/source.ts';
import { learnValue } from '../vault/learn.ts';
import type { VaultReader } from '../vault/vault.ts';
import type { Report } from './shape.ts';

/** What a single encrypted value (`!vault |`) is: a text, which is never a template. */
export function vaultedValue(
  ciphertext: unknown,
  at: SourceRange,
  state: { readonly vault: VaultReader | undefined; readonly report: Report },
): SourceScalar {
  const node = (value: string): SourceScalar => ({ kind: 'scalar', value, quoted: true, at, verbatim: true });
  if (typeof ciphertext !== 'string' || ciphertext.trim() === '') {
    const detail = 'Behind !vault stands an encrypted text; "oms-play vault encrypt-string" prints one.';
    state.report(problem('wrong-type', at, 'not an encrypted value', detail));
    return node('');
  }
  if (state.vault === undefined) {
    state.report(problem('file-unreadable', at, 'encrypted', 'An encrypted value cannot be read here.'));
    return node('');
  }
  const opened = state.vault.open(ciphertext);
  if (opened === undefined) return node('');
  if (opened.kind === 'text') {
    learnValue(opened.text, state.vault.masker);
    return node(opened.text);
  }
  const summary = opened.kind === 'damaged' ? 'damaged encrypted value' : 'cannot decrypt';
  state.report(problem('file-unreadable', at, summary, opened.words));
  return node('');
}
