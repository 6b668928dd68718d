import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { countRecipients, isRecipient, recipientOf, type AgeTarget } from '../vault/age.ts';
import { vaultFormat } from '../vault/format.ts';
import { triedWords } from '../vault/opened.ts';
import type { VaultKey } from '../vault/key.ts';
import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';
import { fileReason, type OpenedFile } from './vault-session.ts';

/** Whom to encrypt for: the recipients of `--recipient` and those of the keys. */
export async function targetOf(keys: readonly VaultKey[], recipients: readonly string[]): Promise<AgeTarget> {
  const passphrases = keys.filter(({ kind }) => kind === 'passphrase');
  const identities = keys.filter(({ kind }) => kind === 'identity');
  const [passphrase, second] = passphrases;
  if (passphrase === undefined) {
    const own = await Promise.all(identities.map(publicKeyOf));
    const all = [...new Set([...own, ...recipients])];
    if (all.length === 0) throw new UsageError('no key to encrypt with: use --vault-identity or --recipient');
    return { recipients: all };
  }
  if (identities.length > 0 || recipients.length > 0) {
    throw new UsageError(
      'a file is encrypted either with a passphrase or for identities; give one kind, or choose with --encrypt-vault-id LABEL',
    );
  }
  if (second !== undefined) {
    throw new UsageError(
      `a file has one passphrase; given were: ${triedWords(passphrases)}. Choose with --encrypt-vault-id LABEL`,
    );
  }
  return { passphrase };
}

/** The keys of a label; all of them without one. */
export function keysOfLabel(keys: readonly VaultKey[], label: string | undefined): readonly VaultKey[] {
  if (label === undefined) return keys;
  const found = keys.filter((key) => key.label === label);
  if (found.length > 0) return found;
  const labels = [...new Set(keys.map((key) => key.label))].join(', ');
  throw new UsageError(`--encrypt-vault-id: no key has the label "${label}"; given were: ${labels}`);
}

/** The public keys of `--recipient`: each is one, or a file of them. */
export async function readRecipients(given: readonly string[], io: Io): Promise<readonly string[]> {
  const all: string[] = [];
  for (const word of given) {
    const found = word.startsWith('age1') ? [word] : recipientLines(word, io);
    for (const recipient of found) {
      if (!(await isRecipient(recipient))) {
        throw new UsageError(`--recipient: "${recipient.slice(0, 80)}" is no public key of age (age1…)`);
      }
      all.push(recipient);
    }
  }
  return all;
}

/** The same keys as before and those of `--recipient`; nobody is shut out without the user's knowing. */
export async function sameTarget(file: OpenedFile, recipients: readonly string[]): Promise<AgeTarget> {
  if (vaultFormat(file.text) === 'ansible') {
    throw new UsageError(
      `${file.shown} is in Ansible's format, which is only read here; "oms-play vault rekey" turns it into age`,
    );
  }
  const before = (await countRecipients(file.text)) ?? 0;
  const target = await targetOf(file.keys, recipients);
  const now = 'recipients' in target ? target.recipients.length : 1;
  if (now >= before) return target;
  throw new UsageError(
    `${file.shown} is encrypted for ${before} keys, and only ${now} are known here: the others could not open it any more. Name them with --recipient age1…, or shut them out with "oms-play vault rekey"`,
  );
}

async function publicKeyOf(key: VaultKey): Promise<string> {
  const recipient = await recipientOf(key.secret.reveal());
  if (recipient !== undefined) return recipient;
  throw new UsageError(`${key.name}: this is no valid age identity; a character is wrong or missing`);
}

function recipientLines(path: string, io: Io): readonly string[] {
  try {
    const lines = readFileSync(resolve(io.cwd, path), 'utf8').split(/\r?\n/);
    const found = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
    if (found.some((line) => line.startsWith('AGE-SECRET-KEY-'))) {
      throw new UsageError(`--recipient ${path}: this is an identity; use --vault-identity`);
    }
    return found;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `--recipient ${path}: ${fileReason(error)}; it must be age1… or a file of such lines`,
    );
  }
}
