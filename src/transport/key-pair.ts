import { Secret } from '../model/secret.ts';

/** A key to log in with: the private half in OpenSSH's form, the public one as authorized_keys has it. */
export interface KeyPair {
  readonly privateKey: Secret;
  readonly publicKey: string;
}

/** A new ed25519 key. */
export async function makeKeyPair(): Promise<KeyPair> {
  const { default: ssh2 } = await import('ssh2');
  const made = usableKeyPair(() => ssh2.utils.generateKeyPairSync('ed25519'), ssh2.utils.parseKey);
  return { privateKey: new Secret(made.private), publicKey: made.public.trim() };
}

/** ssh2 drops the zero bytes that one public key in 256 begins with, and nothing can read what it then writes. */
export function usableKeyPair<T extends { readonly private: string }>(
  make: () => T,
  parse: (key: string, passphrase?: string) => unknown,
  passphrase?: string,
): T {
  for (;;) {
    const made = make();
    if (!(parse(made.private, passphrase) instanceof Error)) return made;
  }
}

/** Type and base64 of a host key, as known_hosts has it. */
export function hostKeyWords(key: Buffer): string {
  const length = key.readUInt32BE(0);
  return `${key.toString('latin1', 4, 4 + length)} ${key.toString('base64')}`;
}
