import { findVaultValues, replaceVaultValues, type VaultValue } from '../load/vault-values.ts';
import { sealAge, type AgeTarget } from '../vault/age.ts';
import type { VaultKey } from '../vault/key.ts';
import { replaceFile } from '../vault/replace-file.ts';
import type { VaultRekeyOptions } from './command-options.ts';
import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';
import { vaultRequest } from './vault-request.ts';
import {
  askedKey,
  fileReason,
  keysOf,
  openVaultFiles,
  readVaultFiles,
  vaultKeys,
  type VaultFile,
} from './vault-session.ts';
import { openValues, valuesIn } from './vault-single.ts';
import { readRecipients, targetOf } from './vault-target.ts';

/** `oms-play vault rekey`: whole files and single values; all are opened before the first is written. */
export async function rekeyVault(
  names: readonly string[],
  options: VaultRekeyOptions,
  io: Io,
): Promise<number> {
  const files = readVaultFiles(names, io);
  const plans = files.map((file) => ({ file, values: file.encrypted ? undefined : valuesIn(file) }));
  const keys = await vaultKeys(options, io, 'open');
  const target = await newTarget(options, io);
  const written: { readonly file: VaultFile; readonly text: string; readonly what: string }[] = [];
  for (const { file, values } of plans) {
    if (values === undefined) written.push({ file, text: await wholeAnew(file, keys, target), what: 'file' });
    else {
      const what = values.length === 1 ? '1 value' : `${values.length} values`;
      written.push({ file, text: await valuesAnew(file, values, keys, target), what });
    }
  }
  for (const { file, text, what } of written) {
    try {
      replaceFile(file.path, text);
    } catch (error) {
      throw new UsageError(`${file.shown} cannot be written: ${fileReason(error)}`);
    }
    io.stderr.write(`${file.shown}: ${what} encrypted anew\n`);
  }
  return 0;
}

async function wholeAnew(file: VaultFile, keys: readonly VaultKey[], target: AgeTarget): Promise<string> {
  const [opened] = await openVaultFiles([file], keys);
  return sealAge(opened?.plain ?? '', target);
}

async function valuesAnew(
  file: VaultFile,
  values: readonly VaultValue[],
  keys: readonly VaultKey[],
  target: AgeTarget,
): Promise<string> {
  const anew: { readonly value: VaultValue; readonly ciphertext: string }[] = [];
  for (const { value, plain } of await openValues(file, values, keys)) {
    anew.push({ value, ciphertext: await sealAge(plain, target) });
  }
  const text = replaceVaultValues(file.text, anew);
  if (findVaultValues(text)?.length === values.length) return text;
  throw new UsageError(
    `${file.shown}: its !vault values cannot be replaced where they stand; nothing was done`,
  );
}

async function newTarget(options: VaultRekeyOptions, io: Io): Promise<AgeTarget> {
  const recipients = await readRecipients(options.recipient, io);
  const { newVaultIdentity, newVaultPasswordFile, newVaultId } = options;
  const given = vaultRequest(
    {
      vaultIdentity: newVaultIdentity,
      vaultPasswordFile: newVaultPasswordFile === undefined ? [] : [newVaultPasswordFile],
      vaultId: newVaultId === undefined ? [] : [newVaultId],
      askVaultPass: false,
    },
    // The environment names the old keys.
    { ...io, env: { ...io.env, OMS_PLAY_VAULT_IDENTITY: '', OMS_PLAY_VAULT_PASSWORD_FILE: '' } },
  );
  if (given.sources.length > 0) return targetOf(await keysOf(given, io), recipients);
  if (recipients.length > 0) return targetOf([], recipients);
  return targetOf(
    [await askedKey((question) => io.askSecret(question), 'New vault passphrase', 'encrypt')],
    [],
  );
}
