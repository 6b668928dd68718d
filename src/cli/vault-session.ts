import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Masker } from '../model/masker.ts';
import { armored, isBinaryAge, vaultFormat } from '../vault/format.ts';
import { passphraseKey } from '../vault/key-source.ts';
import { VaultKeyError, type VaultKey } from '../vault/key.ts';
import { Keyring } from '../vault/keyring.ts';
import { openText } from '../vault/vault.ts';
import type { VaultKeyOptions } from './command-options.ts';
import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';
import { vaultRequest, type VaultRequest } from './vault-request.ts';

const MAX_BYTES = 10 * 1024 * 1024;

/** A file as it lies there. */
export interface VaultFile {
  /** As the user called it. */
  readonly shown: string;
  readonly path: string;
  readonly text: string;
  readonly encrypted: boolean;
}

/** A file's plain text, and the keys that opened it. */
export interface OpenedFile extends VaultFile {
  readonly plain: string;
  readonly keys: readonly VaultKey[];
}

/** The keys of the options; without any the user is asked, twice where it is a new passphrase. */
export async function vaultKeys(
  options: VaultKeyOptions,
  io: Io,
  purpose: 'open' | 'encrypt',
): Promise<readonly VaultKey[]> {
  const request = vaultRequest(options, io);
  if (request.sources.length > 0) return keysOf(request, io);
  return [
    await askedKey(request.ask, purpose === 'encrypt' ? 'New vault passphrase' : 'Vault passphrase', purpose),
  ];
}

/** The keys of sources; a source that cannot be used is a {@link UsageError}. */
export async function keysOf(request: VaultRequest, io: Io): Promise<readonly VaultKey[]> {
  const keyring = new Keyring(request.sources, { ...request, cwd: io.cwd }, new Masker());
  const keys = await keyring.keys();
  if (keyring.problems.length > 0) throw new UsageError(`vault key: ${keyring.problems.join('\n  ')}`);
  return keys;
}

/** A passphrase typed by the user. */
export async function askedKey(
  ask: VaultRequest['ask'],
  question: string,
  purpose: 'open' | 'encrypt',
): Promise<VaultKey> {
  const typed = await ask(`${question}: `);
  if (purpose === 'encrypt' && typed !== '' && (await ask(`${question} again: `)) !== typed) {
    throw new UsageError('the two passphrases differ; nothing was done');
  }
  try {
    return passphraseKey(typed, 'default');
  } catch (error) {
    throw error instanceof VaultKeyError ? new UsageError(error.message) : error;
  }
}

/** Reads files; throws {@link UsageError} before anything is done. */
export function readVaultFiles(names: readonly string[], io: Io): readonly VaultFile[] {
  const paths = names.map((name) => resolve(io.cwd, name));
  return [...new Set(paths)].map((path) => readVaultFile(names[paths.indexOf(path)] ?? path, path));
}

function readVaultFile(shown: string, path: string): VaultFile {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw new UsageError(`${shown} is not a regular file`);
    if (stat.size > MAX_BYTES) throw new UsageError(`${shown} is larger than 10 MB`);
    const bytes = readFileSync(path);
    const text = isBinaryAge(bytes)
      ? armored(bytes)
      : new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { shown, path, text, encrypted: vaultFormat(text) !== undefined };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${shown}: ${fileReason(error)}`);
  }
}

/** The same for files that must be encrypted: told before anybody is asked for a key. */
export function readEncrypted(names: readonly string[], io: Io): readonly VaultFile[] {
  const files = readVaultFiles(names, io);
  const plain = files.find(({ encrypted }) => !encrypted);
  if (plain === undefined) return files;
  const rest = /!vault/.test(plain.text) ? '; for its single values there are "view" and "rekey"' : '';
  throw new UsageError(`${plain.shown} is not encrypted${rest}`);
}

/** Decrypts all, or throws {@link UsageError} for the first that stays closed. */
export async function openVaultFiles(
  files: readonly VaultFile[],
  keys: readonly VaultKey[],
): Promise<readonly OpenedFile[]> {
  const opened: OpenedFile[] = [];
  for (const file of files) {
    const answer = await openText(file.text, keys);
    if (answer.kind !== 'text') throw new UsageError(`${file.shown} cannot be decrypted. ${answer.words}`);
    opened.push({ ...file, plain: answer.text, keys: answer.keys });
  }
  return opened;
}

/** What the system says about a file, in words. */
export function fileReason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file or folder',
    ENOTDIR: 'there is no such file or folder',
    EEXIST: 'it is there already',
    EACCES: 'no permission',
    EPERM: 'no permission',
    ENOSPC: 'the disk is full',
    EROFS: 'the disk is read-only',
    ERR_ENCODING_INVALID_ENCODED_DATA: 'it is no text in UTF-8; only text files can be encrypted',
  };
  return words[code ?? ''] ?? (error as Error).message;
}
