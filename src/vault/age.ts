import type * as Age from 'age-encryption';
import type { Identity, Stanza } from 'age-encryption';
import { armored, unarmored } from './format.ts';
import type { VaultKey } from './key.ts';
import { openedText, triedWords, type Opened } from './opened.ts';

/** Whom a text is encrypted for. */
export type AgeTarget = { readonly recipients: readonly string[] } | { readonly passphrase: VaultKey };

const DAMAGED = 'It is cut off or changed: it is not what age once wrote.';

/** Only who works with vaults pays for loading the library. */
function library(): Promise<typeof Age> {
  return import('age-encryption');
}

/** The text encrypted, in lines of text. */
export async function sealAge(text: string, target: AgeTarget): Promise<string> {
  const { Encrypter } = await library();
  const encrypter = new Encrypter();
  if ('passphrase' in target) encrypter.setPassphrase(target.passphrase.secret.reveal());
  else for (const recipient of target.recipients) encrypter.addRecipient(recipient);
  return armored(await encrypter.encrypt(text));
}

/** Opens an armoured text with the first key that fits; `keys` of the answer are all identities that do. */
export async function openAge(text: string, keys: readonly VaultKey[]): Promise<Opened> {
  const bytes = unarmored(text);
  if (bytes === undefined) return { kind: 'damaged', words: DAMAGED };
  const stanzas = await stanzasIn(bytes);
  if (stanzas === undefined) return { kind: 'damaged', words: DAMAGED };
  const kinds = new Set(stanzas.map(({ args }) => args[0] ?? ''));
  const wanted = kinds.has('scrypt') ? 'passphrase' : 'identity';
  const fitting = keys.filter(({ kind }) => kind === wanted);
  const found: { readonly key: VaultKey; readonly opened: Opened }[] = [];
  for (const key of fitting) {
    const opened = await openWith(bytes, key);
    if (opened === undefined) continue;
    found.push({ key, opened });
    if (wanted === 'passphrase' || opened.kind !== 'text') break;
  }
  const [first] = found;
  if (first === undefined) return { kind: 'wrong-key', words: wrongKey(kinds, keys, fitting) };
  return first.opened.kind === 'text' ? { ...first.opened, keys: found.map(({ key }) => key) } : first.opened;
}

/** How many keys open an armoured text; undefined where it is damaged. */
export async function countRecipients(text: string): Promise<number | undefined> {
  const bytes = unarmored(text);
  const stanzas = bytes === undefined ? undefined : await stanzasIn(bytes);
  // Programs add stanzas that nobody can open, so that nobody counts on what they do not know.
  return stanzas?.filter(({ args }) => !(args[0] ?? '').endsWith('-grease')).length;
}

/** The public key of an identity; undefined where it is none. */
export async function recipientOf(identity: string): Promise<string | undefined> {
  const { identityToRecipient } = await library();
  try {
    return await identityToRecipient(identity);
  } catch {
    return undefined;
  }
}

/** Whether a text is a public key that can be encrypted for. */
export async function isRecipient(text: string): Promise<boolean> {
  const { Encrypter } = await library();
  try {
    new Encrypter().addRecipient(text);
    return true;
  } catch {
    return false;
  }
}

/** A new identity and its public key. */
export async function newIdentity(): Promise<{ readonly identity: string; readonly recipient: string }> {
  const { generateX25519Identity, identityToRecipient } = await library();
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** A look at the header: an identity that opens nothing and sees everything. */
class Onlooker implements Identity {
  stanzas: readonly Stanza[] | undefined;

  unwrapFileKey(stanzas: Stanza[]): null {
    this.stanzas = stanzas;
    return null;
  }
}

async function stanzasIn(bytes: Buffer): Promise<readonly Stanza[] | undefined> {
  const { Decrypter } = await library();
  const onlooker = new Onlooker();
  const decrypter = new Decrypter();
  decrypter.addIdentity(onlooker);
  await decrypter.decrypt(bytes).catch(() => undefined);
  return onlooker.stanzas;
}

/** undefined: the key does not fit. */
async function openWith(bytes: Buffer, key: VaultKey): Promise<Opened | undefined> {
  const { Decrypter } = await library();
  // Asked only after the key said no: tells "another key" from "damaged" without reading messages.
  const onlooker = new Onlooker();
  const decrypter = new Decrypter();
  try {
    if (key.kind === 'passphrase') decrypter.addPassphrase(key.secret.reveal());
    else decrypter.addIdentity(key.secret.reveal());
  } catch {
    return undefined;
  }
  decrypter.addIdentity(onlooker);
  try {
    return openedText(await decrypter.decrypt(bytes), [key]);
  } catch {
    return onlooker.stanzas === undefined ? { kind: 'damaged', words: DAMAGED } : undefined;
  }
}

function wrongKey(
  kinds: ReadonlySet<string>,
  keys: readonly VaultKey[],
  fitting: readonly VaultKey[],
): string {
  const forPassphrase = kinds.has('scrypt');
  const usable = forPassphrase || ['X25519', 'mlkem768x25519'].some((kind) => kinds.has(kind));
  if (!usable) {
    return `It is encrypted for keys of the kind ${[...kinds].map((kind) => kind.slice(0, 40)).join(', ')}, which cannot be used; encrypt it for an age identity.`;
  }
  const what = forPassphrase ? 'with a passphrase' : 'for age identities';
  if (fitting.length > 0)
    return `It is encrypted ${what}, but none that was given fits; tried: ${triedWords(fitting)}.`;
  const given = keys.length === 0 ? 'no key was given' : `given was only ${triedWords(keys)}`;
  return `It is encrypted ${what}, but ${given}.`;
}
