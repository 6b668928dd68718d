import { findVaultValues, type VaultValue } from '../load/vault-values.ts';
import type { VaultKey } from '../vault/key.ts';
import { openText } from '../vault/vault.ts';
import { UsageError } from './usage-error.ts';
import type { VaultFile } from './vault-session.ts';

/** A single encrypted value and what is in it. */
export interface OpenedValue {
  readonly value: VaultValue;
  readonly plain: string;
}

/** The `!vault` values of a YAML file that is not encrypted itself; at least one. */
export function valuesIn(file: VaultFile): readonly VaultValue[] {
  const values = findVaultValues(file.text) ?? [];
  if (values.length > 0) return values;
  throw new UsageError(`${file.shown} is not encrypted, and no YAML with !vault values; nothing was done`);
}

/** Decrypts all, in their order; throws {@link UsageError} with the line of one that stays closed. */
export async function openValues(
  file: VaultFile,
  values: readonly VaultValue[],
  keys: readonly VaultKey[],
): Promise<readonly OpenedValue[]> {
  const opened: OpenedValue[] = [];
  for (const value of values) {
    const answer = await openText(value.ciphertext, keys);
    if (answer.kind !== 'text') {
      throw new UsageError(`${file.shown}:${value.line} cannot be decrypted. ${answer.words}`);
    }
    opened.push({ value, plain: answer.text });
  }
  return opened;
}
