import { X509Certificate } from 'node:crypto';
import { ModuleError } from '../define.ts';
import { readDer } from './der.ts';

const DAY_MS = 86_400_000;
const BLOCK =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/** The certificates of a PEM text in its order, or the one of DER bytes. `from` is said in errors. */
export function parseCertificates(bytes: Buffer, from: string): readonly X509Certificate[] {
  const text = bytes.toString('latin1');
  const blocks: readonly (string | Buffer)[] =
    bytes[0] === 0x30 && !text.includes('-----BEGIN') ? [bytes] : (text.match(BLOCK) ?? []);
  if (blocks.length === 0) throw noCertificate(text, from);
  return blocks.map((block, i) => {
    try {
      return new X509Certificate(block);
    } catch (error) {
      const which = blocks.length > 1 ? `certificate ${i + 1} in ${from}` : `the certificate in ${from}`;
      throw new ModuleError({
        message: `${which} is damaged: ${(error as Error).message}`,
        hint: 'it must be a complete PEM block; copy the file again',
      });
    }
  });
}

function noCertificate(text: string, from: string): ModuleError {
  const kind = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(text)?.[1];
  const holds = kind === undefined ? 'no PEM block' : `"${kind}"`;
  return new ModuleError({
    message: `${from} holds no certificate, but ${text.trim() === '' ? 'nothing' : holds}`,
    hint: kind?.includes('PRIVATE KEY')
      ? 'this is the key; give the certificate’s file'
      : 'give a PEM file that has a line "-----BEGIN CERTIFICATE-----"',
  });
}

/** What is told of a certificate, in Ansible's words. */
export function describe(certificate: X509Certificate, now: Date): Described {
  const notAfter = new Date(certificate.validTo);
  const der = readDer(certificate.raw);
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey;
  return {
    subject: names(certificate.subject),
    subject_ordered: pairs(certificate.subject),
    issuer: names(certificate.issuer),
    issuer_ordered: pairs(certificate.issuer),
    not_before: ansibleTime(new Date(certificate.validFrom)),
    not_after: ansibleTime(notAfter),
    expired: notAfter < now,
    days_left: Math.floor((notAfter.getTime() - now.getTime()) / DAY_MS),
    serial_number: BigInt(`0x${certificate.serialNumber}`).toString(),
    version: der.version,
    signature_algorithm: der.signatureAlgorithm,
    subject_alt_name: alternativeNames(certificate.subjectAltName),
    public_key_type: publicKeyType(type),
    public_key_bits: details?.modulusLength ?? null,
    is_ca: certificate.ca,
    self_signed: certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey),
    fingerprints: {
      sha1: hex(certificate.fingerprint),
      sha256: hex(certificate.fingerprint256),
      sha512: hex(certificate.fingerprint512),
    },
  };
}

export interface Described {
  readonly subject: Record<string, string>;
  readonly subject_ordered: string[][];
  readonly issuer: Record<string, string>;
  readonly issuer_ordered: string[][];
  readonly not_before: string;
  readonly not_after: string;
  readonly expired: boolean;
  readonly days_left: number;
  readonly serial_number: string;
  readonly version: number;
  readonly signature_algorithm: string;
  readonly subject_alt_name: string[];
  readonly public_key_type: string;
  readonly public_key_bits: number | null;
  readonly is_ca: boolean;
  readonly self_signed: boolean;
  readonly fingerprints: { sha1: string; sha256: string; sha512: string };
}

/** Whether each certificate was issued by the next one. */
export function isChain(certificates: readonly X509Certificate[]): boolean {
  return certificates.every((certificate, i) => {
    const issuer = certificates[i + 1];
    return issuer === undefined || (certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey));
  });
}

/** Ansible's ASN.1 form, e.g. "20261122171500Z". */
export function ansibleTime(time: Date): string {
  return `${time.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
}

const LONG_NAMES: Readonly<Record<string, string>> = {
  CN: 'commonName',
  O: 'organizationName',
  OU: 'organizationalUnitName',
  C: 'countryName',
  ST: 'stateOrProvinceName',
  L: 'localityName',
  DC: 'domainComponent',
};

/** node:crypto gives one "KEY=value" a line, with control characters escaped. */
function pairs(name: string | undefined): string[][] {
  return (name ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const equals = line.indexOf('=');
      const key = line.slice(0, equals);
      return [LONG_NAMES[key] ?? key, unescaped(line.slice(equals + 1))];
    });
}

function unescaped(value: string): string {
  return value.replace(
    /\\(?:([0-9A-F]{2})|([\s\S]))/g,
    (_all, hex: string | undefined, plain: string | undefined) =>
      hex === undefined ? (plain ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function names(name: string | undefined): Record<string, string> {
  return Object.fromEntries(pairs(name).map(([key = '', value = '']) => [key, value]));
}

function alternativeNames(text: string | undefined): string[] {
  if (text === undefined) return [];
  // A comma can stand inside a quoted name.
  const entries = text.match(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g) ?? [];
  return entries.map((entry) => entry.trim().replace(/^IP Address:/, 'IP:'));
}

function publicKeyType(type: string | undefined): string {
  const known: Readonly<Record<string, string>> = {
    rsa: 'RSA',
    ec: 'ECC',
    ed25519: 'Ed25519',
    ed448: 'Ed448',
    dsa: 'DSA',
  };
  return known[type ?? ''] ?? `unknown (${type})`;
}

function hex(fingerprint: string): string {
  return fingerprint.toLowerCase();
}
