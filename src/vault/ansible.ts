import { createDecipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import type { VaultKey } from './key.ts';
import { openedText, triedWords, type Opened } from './opened.ts';

const ROUNDS = 10_000;

interface Envelope {
  readonly label: string;
  readonly salt: Buffer;
  readonly mac: Buffer;
  readonly cipher: Buffer;
}

/** Opens a text of `ansible-vault` (format 1.1 or 1.2, AES256); the passphrases of its label are tried first. */
export function openAnsible(text: string, keys: readonly VaultKey[]): Opened {
  const envelope = envelopeIn(text);
  if (typeof envelope === 'string') return { kind: 'damaged', words: envelope };
  const passphrases = keys.filter(({ kind }) => kind === 'passphrase');
  const first = passphrases.filter(({ label }) => label === envelope.label);
  for (const key of [...first, ...passphrases.filter((one) => !first.includes(one))]) {
    const plain = decrypted(envelope, key.secret.reveal());
    if (plain === 'bad-padding') return { kind: 'damaged', words: 'Its padding is wrong.' };
    if (plain !== undefined) return openedText(plain, [key]);
  }
  const label = envelope.label === '' ? '' : ` with the vault id "${envelope.label}"`;
  const tried = passphrases.length === 0 ? 'no passphrase was given' : `tried: ${triedWords(passphrases)}`;
  return {
    kind: 'wrong-key',
    words: `It is encrypted in Ansible's format${label}; ${tried}. With the right passphrase it would be damaged.`,
  };
}

/** The parts of the text, or what is wrong with it. */
function envelopeIn(text: string): Envelope | string {
  const [head = '', ...lines] = text.trim().split(/\r?\n/);
  const [, version = '', cipherName = '', label = ''] = head.trim().split(';');
  if (version !== '1.1' && version !== '1.2') {
    return `Its first line names version "${version.slice(0, 20)}" of Ansible's format; 1.1 and 1.2 can be read.`;
  }
  if (cipherName !== 'AES256')
    return `It is encrypted with "${cipherName.slice(0, 20)}"; AES256 can be read.`;
  const outer = unhex(lines.map((line) => line.trim()).join(''));
  const parts = outer?.toString('latin1').split('\n').map(unhex) ?? [];
  const [salt, mac, cipher] = parts;
  const whole = salt !== undefined && mac?.length === 32 && cipher !== undefined && cipher.length > 0;
  if (!whole || parts.length !== 3 || salt.length === 0 || cipher.length % 16 !== 0) {
    return 'It is cut off or changed: what stands below the first line is not salt, check sum and text in hexadecimal digits.';
  }
  return { label, salt, mac, cipher };
}

function unhex(text: string): Buffer | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return undefined;
  return Buffer.from(text, 'hex');
}

/** undefined: another passphrase. */
function decrypted({ salt, mac, cipher }: Envelope, passphrase: string): Buffer | 'bad-padding' | undefined {
  const derived = pbkdf2Sync(passphrase, salt, ROUNDS, 80, 'sha256');
  const expected = createHmac('sha256', derived.subarray(32, 64)).update(cipher).digest();
  if (!timingSafeEqual(expected, mac)) return undefined;
  const decipher = createDecipheriv('aes-256-ctr', derived.subarray(0, 32), derived.subarray(64, 80));
  return unpadded(Buffer.concat([decipher.update(cipher), decipher.final()]));
}

/** Without the padding to blocks of 16 bytes (PKCS#7). */
function unpadded(padded: Buffer): Buffer | 'bad-padding' {
  const count = padded.at(-1) ?? 0;
  const padding = padded.subarray(padded.length - count);
  if (count < 1 || count > 16 || padding.some((byte) => byte !== count)) return 'bad-padding';
  return padded.subarray(0, padded.length - count);
}
