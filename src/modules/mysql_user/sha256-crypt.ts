import { createHash } from 'node:crypto';

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Ulrich Drepper's SHA-256 based crypt, the 43 characters of the hash; MySQL's caching_sha2_password keeps it. */
export function sha256Crypt(password: string, salt: Buffer, rounds: number): string {
  const key = Buffer.from(password, 'utf8');
  const keyBytes = filled(sha256(repeated(key, key.length)), key.length);
  let digest = firstDigest(key, salt);
  const saltBytes = filled(sha256(repeated(salt, 16 + (digest[0] ?? 0))), salt.length);
  for (let round = 0; round < rounds; round++) {
    const odd = round % 2 === 1;
    digest = sha256([
      odd ? keyBytes : digest,
      ...(round % 3 === 0 ? [] : [saltBytes]),
      ...(round % 7 === 0 ? [] : [keyBytes]),
      odd ? digest : keyBytes,
    ]);
  }
  return encoded(digest);
}

function firstDigest(key: Buffer, salt: Buffer): Buffer {
  const alternate = sha256([key, salt, key]);
  const parts = [key, salt, filled(alternate, key.length)];
  for (let bits = key.length; bits > 0; bits >>= 1) parts.push(bits % 2 === 1 ? alternate : key);
  return sha256(parts);
}

/** Three bytes at a time, in an order of its own. */
function encoded(digest: Buffer): string {
  const at = (index: number): number => digest[index] ?? 0;
  let text = '';
  let [a, b, c] = [0, 10, 20];
  for (let group = 0; group < 10; group++) {
    text += characters((at(a) << 16) | (at(b) << 8) | at(c), 4);
    [a, b, c] = [c + 1, a + 1, b + 1];
  }
  return text + characters((at(31) << 8) | at(30), 3);
}

function characters(value: number, count: number): string {
  return Array.from({ length: count }, (_, i) => ALPHABET[(value >> (6 * i)) & 63]).join('');
}

function filled(digest: Buffer, length: number): Buffer {
  return Buffer.alloc(length, digest);
}

function repeated(bytes: Buffer, times: number): Buffer[] {
  return Array.from({ length: times }, () => bytes);
}

function sha256(parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
