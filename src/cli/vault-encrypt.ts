import { sealAge } from '../vault/age.ts';
import { replaceFile } from '../vault/replace-file.ts';
import type { VaultEncryptOptions } from './command-options.ts';
import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';
import { vaultRequest } from './vault-request.ts';
import { fileReason, readVaultFiles, vaultKeys } from './vault-session.ts';
import { keysOfLabel, readRecipients, targetOf } from './vault-target.ts';
import type { AgeTarget } from '../vault/age.ts';

/** `oms-play vault encrypt`: files in place. */
export async function encryptVault(
  names: readonly string[],
  options: VaultEncryptOptions,
  io: Io,
): Promise<number> {
  const files = readVaultFiles(names, io);
  const already = files.find(({ encrypted }) => encrypted);
  if (already !== undefined) {
    throw new UsageError(`${already.shown} is encrypted already; nothing was done`);
  }
  const target = await chosenTarget(options, io);
  const sealed: { readonly file: (typeof files)[number]; readonly text: string }[] = [];
  for (const file of files) sealed.push({ file, text: await sealAge(file.text, target) });
  for (const { file, text } of sealed) {
    try {
      replaceFile(file.path, text);
    } catch (error) {
      throw new UsageError(`${file.shown} cannot be written: ${fileReason(error)}`);
    }
    io.stderr.write(`${file.shown} is encrypted\n`);
  }
  return 0;
}

/** Whom the options say to encrypt for; recipients alone need no key. */
export async function chosenTarget(options: VaultEncryptOptions, io: Io): Promise<AgeTarget> {
  const recipients = await readRecipients(options.recipient, io);
  const noKey = vaultRequest(options, io).sources.length === 0;
  if (recipients.length > 0 && noKey) return targetOf([], recipients);
  const keys = await vaultKeys(options, io, 'encrypt');
  return targetOf(keysOfLabel(keys, options.encryptVaultId), recipients);
}
