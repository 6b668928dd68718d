import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { newIdentity } from '../vault/age.ts';
import { createFile } from '../vault/replace-file.ts';
import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';
import { fileReason } from './vault-session.ts';

/** `oms-play vault keygen`: an identity in a file of mode 0600, its public key on stdout. */
export async function makeIdentity(name: string, io: Io): Promise<number> {
  const path = resolve(io.cwd, name);
  const { identity, recipient } = await newIdentity();
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    createFile(path, `# public key: ${recipient}\n${identity}\n`);
  } catch (error) {
    throw new UsageError(`${name} cannot be written: ${fileReason(error)}`);
  }
  io.stderr.write(`${name} holds the identity: keep it secret, and a copy of it safe. Its public key:\n`);
  io.stdout.write(`${recipient}\n`);
  return 0;
}
