import { keysIn, type VaultKey } from '../../src/vault/key.ts';

/** The key of an age identity. */
export function identityKey(identity: string, label = 'default'): VaultKey {
  const [key] = keysIn(identity, { kind: 'identity', label, from: 'id.txt' });
  if (key === undefined) throw new Error('no identity');
  return key;
}

/** The key of a passphrase. */
export function passKey(passphrase: string, label = 'default'): VaultKey {
  const [key] = keysIn(passphrase, { kind: 'passphrase', label, from: 'pw.txt' });
  if (key === undefined) throw new Error('no passphrase');
  return key;
}
