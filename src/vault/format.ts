import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** How a text can be encrypted: age's armour, or Ansible's own format (which is read only). */
export type VaultFormat = 'age' | 'ansible';

const BEGIN = '-----BEGIN AGE ENCRYPTED FILE-----';
const END = '-----END AGE ENCRYPTED FILE-----';
const BINARY_AGE = Buffer.from('age-encryption.org/');

/** The format of an encrypted text; undefined: it is not encrypted. */
export function vaultFormat(text: string): VaultFormat | undefined {
  const start = text.slice(0, 1000).trimStart();
  if (start.startsWith('$ANSIBLE_VAULT')) return 'ansible';
  return start.startsWith(BEGIN) ? 'age' : undefined;
}

/** True for the bytes of a file that age wrote without armour. */
export function isBinaryAge(bytes: Buffer): boolean {
  return bytes.subarray(0, BINARY_AGE.length).equals(BINARY_AGE);
}

/** Whether a file is encrypted as a whole; only its beginning is read. */
export function isVaultFile(path: string): boolean {
  let file: number | undefined;
  try {
    if (!statSync(path).isFile()) return false;
    file = openSync(path, 'r');
    const start = Buffer.alloc(100);
    readSync(file, start, 0, start.length, 0);
    return isBinaryAge(start) || vaultFormat(start.toString('latin1')) !== undefined;
  } catch {
    return false;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Encrypted bytes as lines of text. */
export function armored(bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [BEGIN, ...lines, END, ''].join('\n');
}

/** The bytes behind the armour; undefined where it is damaged. Blanks around lines are of the YAML around it. */
export function unarmored(text: string): Buffer | undefined {
  const lines = text.trim().split(/\r?\n/);
  const [first, last] = [lines.shift()?.trim(), lines.pop()?.trim()];
  const base64 = lines.map((line) => line.trim()).join('');
  if (first !== BEGIN || last !== END || base64.length % 4 !== 0) return undefined;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  return Buffer.from(base64, 'base64');
}
