import { resolve } from 'node:path';
import { createFile, replaceFile } from '../vault/replace-file.ts';
import type { VaultDecryptOptions } from './command-options.ts';
import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';
import { fileReason, openVaultFiles, readEncrypted, vaultKeys } from './vault-session.ts';

const OWNER_ONLY = 0o700;

/** `oms-play vault decrypt`: the one command that writes what was encrypted to a file in clear. */
export async function decryptVault(
  names: readonly string[],
  options: VaultDecryptOptions,
  io: Io,
): Promise<number> {
  const files = readEncrypted(names, io);
  const { output } = options;
  if (output !== undefined && files.length > 1) throw new UsageError('--output takes one file at a time');
  const opened = await openVaultFiles(files, await vaultKeys(options, io, 'open'));
  for (const { shown, path, plain } of opened) {
    try {
      if (output === '-') io.stdout.write(plain);
      else if (output === undefined) replaceFile(path, plain, OWNER_ONLY);
      else createFile(resolve(io.cwd, output), plain);
    } catch (error) {
      throw new UsageError(`${output ?? shown} cannot be written: ${fileReason(error)}`);
    }
    if (output !== '-') io.stderr.write(`${output ?? shown} is in clear now\n`);
  }
  return 0;
}
