import { homedir } from 'node:os';
import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { KeyIo, KeySource } from '../vault/key-source.ts';
import { keySource } from '../vault/key-source.ts';
import type { Keyring } from '../vault/keyring.ts';
import type { VaultKeyOptions } from './command-options.ts';
import { NoTerminalError, type Io } from './io.ts';

/** Where the keys of encrypted files and values come from. */
export interface VaultRequest {
  readonly sources: readonly KeySource[];
  /** The environment of programs that print passphrases. */
  readonly env: KeyIo['env'];
  readonly ask: (question: string) => Promise<string>;
}

/** As the options say; without any of them as the environment says. */
export function vaultRequest(options: VaultKeyOptions, io: Io): VaultRequest {
  const given = givenSources(options, io);
  const answers = new Map<string, Promise<string>>();
  return {
    sources: given.length > 0 ? given : environmentSources(io),
    env: io.env,
    // Once, however many projects a command reads.
    ask: (question) => {
      const answer = answers.get(question) ?? askFor(question, io);
      answers.set(question, answer);
      return answer;
    },
  };
}

/** How keys are read for a request; without one there is nobody to ask. */
export function keyIo(request: VaultRequest | undefined, cwd: string): KeyIo {
  const ask = (): Promise<string> => Promise.resolve('');
  return { cwd, env: request?.env ?? {}, ask: request?.ask ?? ask };
}

/** What is wrong with the keys, as diagnostics. */
export function keyProblems(keyring: Keyring): readonly Diagnostic[] {
  return keyring.problems.map((words) =>
    problem('file-unreadable', undefined, 'vault key cannot be used', `${words}.`),
  );
}

function givenSources(options: VaultKeyOptions, io: Io): readonly KeySource[] {
  const atHome = (source: KeySource): KeySource => ({ ...source, path: withHome(source.path, io) });
  const file = (kind: KeySource['kind']) => (path: string) => atHome({ path, label: 'default', kind });
  return [
    ...options.vaultIdentity.map(file('identity')),
    ...options.vaultId.map((text) => atHome(keySource(text, 'either'))),
    ...options.vaultPasswordFile.map(file('passphrase')),
    ...(options.askVaultPass ? [keySource('prompt', 'passphrase')] : []),
  ];
}

function environmentSources(io: Io): readonly KeySource[] {
  const paths = (name: string): readonly string[] =>
    (io.env[name] ?? '').split(':').filter((path) => path !== '');
  return [
    ...paths('OMS_PLAY_VAULT_IDENTITY').map((path) => ({ path, kind: 'identity' as const })),
    ...paths('OMS_PLAY_VAULT_PASSWORD_FILE').map((path) => ({ path, kind: 'passphrase' as const })),
  ].map(({ path, kind }) => ({ path: withHome(path, io), label: 'default', kind }));
}

function withHome<T extends string | undefined>(path: T, io: Io): T | string {
  return path?.replace(/^~(?=\/|$)/, io.env['HOME'] ?? homedir()) ?? path;
}

async function askFor(question: string, io: Io): Promise<string> {
  try {
    return await io.askSecret(question);
  } catch (error) {
    if (!(error instanceof NoTerminalError)) throw error;
    const mend = 'use --vault-password-file or --vault-identity';
    throw new NoTerminalError(`there is no terminal to ask for a vault passphrase on: ${mend}`, {
      cause: error,
    });
  }
}
