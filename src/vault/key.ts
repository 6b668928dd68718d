import { Secret } from '../model/secret.ts';

/** One thing that opens what is encrypted: an age identity or a passphrase. */
export interface VaultKey {
  readonly kind: 'identity' | 'passphrase';
  /** Of `--vault-id label@source`, and of Ansible's format 1.2; "default" where none was given. */
  readonly label: string;
  /** As messages call it, e.g. "identity prod (keys/prod.txt)". */
  readonly name: string;
  readonly secret: Secret;
}

/** Where a key comes from cannot be used; the message is for the user and holds no secret. */
export class VaultKeyError extends Error {}

const IDENTITY = /^AGE-SECRET-KEY-(PQ-)?1[A-Z0-9]+$/;

/** What the text of a key file is taken for. */
export interface KeyTextOrigin {
  readonly kind: 'identity' | 'passphrase' | 'either';
  readonly label: string;
  /** The file or program, or "prompt". */
  readonly from: string;
}

/** The keys in a text: age identities line by line (`#` begins a comment), else the whole of it as a passphrase. */
export function keysIn(text: string, origin: KeyTextOrigin): readonly VaultKey[] {
  const { kind, from } = origin;
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const words = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const isIdentity = kind !== 'passphrase' && words.some((line) => line.startsWith('AGE-SECRET-KEY-'));
  if (kind === 'identity' && !isIdentity) throw new VaultKeyError(`${from}: ${notAnIdentity(words)}`);
  if (isIdentity) return words.map((line) => identityIn(line, lines.indexOf(line) + 1, origin));
  const passphrase = text.trim();
  if (passphrase === '') throw new VaultKeyError(`${from}: the passphrase is empty`);
  if (/^age1[a-z0-9]+$/.test(passphrase)) {
    throw new VaultKeyError(
      `${from}: this is a public key (a recipient); what opens a vault is its identity`,
    );
  }
  return [{ kind: 'passphrase', label: origin.label, name: named(origin), secret: new Secret(passphrase) }];
}

function identityIn(line: string, number: number, origin: KeyTextOrigin): VaultKey {
  if (!IDENTITY.test(line)) {
    throw new VaultKeyError(`${origin.from}: line ${number} is no age identity (AGE-SECRET-KEY-1…)`);
  }
  return { kind: 'identity', label: origin.label, name: named(origin), secret: new Secret(line) };
}

function named({ label, from }: KeyTextOrigin): string {
  return label === 'default' ? from : `${label} (${from})`;
}

function notAnIdentity(words: readonly string[]): string {
  const [first = ''] = words;
  if (first.startsWith('-----BEGIN AGE ENCRYPTED')) {
    return 'the identity is itself encrypted; decrypt it with a program and give that as --vault-id PROGRAM';
  }
  if (/^-----BEGIN .*PRIVATE KEY/.test(first) || first.startsWith('ssh-')) {
    return 'SSH keys cannot be used; make an identity with: oms-play vault keygen FILE';
  }
  if (first.startsWith('age1')) return 'this is a public key (a recipient), not an identity';
  return 'there is no age identity (AGE-SECRET-KEY-1…) in it; is it a passphrase? Then use --vault-password-file';
}
