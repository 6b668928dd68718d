/** What node:crypto does not tell of a certificate. */
export interface DerFacts {
  /** 1 or 3. */
  readonly version: number;
  /** Its name in Ansible's words, else the dotted number. */
  readonly signatureAlgorithm: string;
}

const ALGORITHMS: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.5': 'sha1WithRSAEncryption',
  '1.2.840.113549.1.1.10': 'rsassaPss',
  '1.2.840.113549.1.1.11': 'sha256WithRSAEncryption',
  '1.2.840.113549.1.1.12': 'sha384WithRSAEncryption',
  '1.2.840.113549.1.1.13': 'sha512WithRSAEncryption',
  '1.2.840.10045.4.3.2': 'ecdsa-with-SHA256',
  '1.2.840.10045.4.3.3': 'ecdsa-with-SHA384',
  '1.2.840.10045.4.3.4': 'ecdsa-with-SHA512',
  '1.3.101.112': 'ed25519',
  '1.3.101.113': 'ed448',
  '1.2.156.10197.1.501': 'SM2-with-SM3',
};

/** Reads version and signature algorithm out of a certificate's DER, RFC 5280 section 4.1. */
export function readDer(raw: Buffer): DerFacts {
  const certificate = element(raw, 0);
  const signed = element(raw, certificate.start);
  const first = element(raw, signed.start);
  const explicit = first.tag === 0xa0;
  const version = explicit ? (raw[element(raw, first.start).start] ?? 0) + 1 : 1;
  const oid = element(raw, element(raw, signed.end).start);
  const dotted = dottedOid(raw.subarray(oid.start, oid.end));
  return { version, signatureAlgorithm: ALGORITHMS[dotted] ?? dotted };
}

interface Element {
  readonly tag: number;
  /** Where its content begins, and where it ends. */
  readonly start: number;
  readonly end: number;
}

function element(raw: Buffer, at: number): Element {
  const tag = raw[at] ?? 0;
  const first = raw[at + 1] ?? 0;
  if (first < 0x80) return { tag, start: at + 2, end: at + 2 + first };
  const digits = first & 0x7f;
  const length = raw.readUIntBE(at + 2, digits);
  return { tag, start: at + 2 + digits, end: at + 2 + digits + length };
}

function dottedOid(bytes: Buffer): string {
  const numbers: number[] = [];
  let value = 0;
  for (const byte of bytes) {
    value = value * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    numbers.push(value);
    value = 0;
  }
  const [head = 0, ...rest] = numbers;
  const first = Math.min(Math.floor(head / 40), 2);
  return [first, head - first * 40, ...rest].join('.');
}
