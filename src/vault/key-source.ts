import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { keysIn, VaultKeyError, type VaultKey } from './key.ts';
import { Secret } from '../model/secret.ts';

const MAX_BYTES = 1024 * 1024;
/** More than a password manager takes to ask its user. */
const PROGRAM_TIMEOUT_MS = 10 * 60_000;

/** Where keys come from, as options name it. */
export interface KeySource {
  /** undefined: asked for on the terminal. */
  readonly path: string | undefined;
  readonly label: string;
  readonly kind: 'identity' | 'passphrase' | 'either';
}

/** What a source is read with. */
export interface KeyIo {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks for a passphrase, unseen. */
  readonly ask: (question: string) => Promise<string>;
}

/** A source in Ansible's form: `label@source`, or `source`; `prompt` stands for asking. */
export function keySource(text: string, kind: KeySource['kind']): KeySource {
  const at = text.indexOf('@');
  const label = at > 0 ? text.slice(0, at) : 'default';
  const source = at < 0 ? text : text.slice(at + 1);
  return { path: source === 'prompt' ? undefined : source, label, kind };
}

/** The program or file that a source names, whatever it is asked for. */
export function isProgram(source: KeySource, cwd: string): boolean {
  if (source.path === undefined || source.kind === 'identity') return false;
  const stat = statSync(resolve(cwd, source.path), { throwIfNoEntry: false });
  return stat?.isFile() === true && (stat.mode & 0o111) !== 0;
}

/** Reads, runs or asks; throws {@link VaultKeyError}. */
export async function readKeys(source: KeySource, io: KeyIo): Promise<readonly VaultKey[]> {
  const { path, label, kind } = source;
  if (path === undefined) {
    const typed = await io.ask(label === 'default' ? 'Vault passphrase: ' : `Vault passphrase (${label}): `);
    return [passphraseKey(typed, label)];
  }
  const text = isProgram(source, io.cwd) ? outputOf(source, io) : textOf(resolve(io.cwd, path), path);
  return keysIn(text, { kind, label, from: path });
}

/** A passphrase that was typed, as it is: blanks at its ends belong to it. */
export function passphraseKey(typed: string, label: string): VaultKey {
  if (typed === '') throw new VaultKeyError('the passphrase is empty');
  const name = label === 'default' ? 'the passphrase typed' : `${label} (the passphrase typed)`;
  return { kind: 'passphrase', label, name, secret: new Secret(typed) };
}

function textOf(file: string, shown: string): string {
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) throw new VaultKeyError(`${shown} is a folder; a file is needed`);
    if (stat.size > MAX_BYTES) throw new VaultKeyError(`${shown} is larger than 1 MB; is it the right file?`);
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    if (error instanceof VaultKeyError) throw error;
    throw new VaultKeyError(`${shown}: ${reasonOf(error)}`, { cause: error });
  }
}

/** As in Ansible: a program called NAME-client is told which label is wanted. */
function outputOf({ path = '', label }: KeySource, io: KeyIo): string {
  const file = resolve(io.cwd, path);
  // A shell would be given it otherwise, and print what it does not understand: the passphrase.
  if (!beginsAsProgram(file)) {
    throw new VaultKeyError(
      `${path} is executable, so that it would be run, but it is no program; is it a passphrase? Then: chmod a-x ${path}`,
    );
  }
  const wantsLabel = /-client(\.\w+)?$/.test(basename(file)) && label !== 'default';
  const run = spawnSync(file, wantsLabel ? ['--vault-id', label] : [], {
    cwd: io.cwd,
    env: { ...io.env },
    stdio: ['inherit', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: MAX_BYTES,
    timeout: PROGRAM_TIMEOUT_MS,
  });
  if (run.error !== undefined) throw new VaultKeyError(`${path} cannot be run: ${reasonOf(run.error)}`);
  if (run.status !== 0) {
    const how = run.status === null ? `ended by ${run.signal ?? 'a signal'}` : `exit code ${run.status}`;
    throw new VaultKeyError(`${path} gave no passphrase: ${how}`);
  }
  return run.stdout;
}

function beginsAsProgram(path: string): boolean {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const bytes = Buffer.alloc(4);
    readSync(file, bytes, 0, 4, 0);
    const magic = bytes.toString('latin1');
    return (
      magic.startsWith('#!') || magic === '\x7fELF' || /^(\xcf\xfa\xed\xfe|\xca\xfe\xba\xbe)$/.test(magic)
    );
  } catch {
    // Programs need not be readable.
    return true;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'no permission';
  if (code === 'ETIMEDOUT') return 'it took longer than 10 minutes';
  return code ?? 'unknown reason';
}
