import type { X509Certificate } from 'node:crypto';
import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { NodeReader } from '../../transport/node.ts';
import { defineModule, ModuleError } from '../define.ts';
import { describe, isChain, parseCertificates } from './certificate.ts';
import { servedCertificates } from './served.ts';
import { parseTime } from './time.ts';

const args = z
  .strictObject({
    path: z
      .string()
      .min(1)
      .optional()
      .describe('File with the certificate, or a chain of them, on the node.'),
    src: z.string().min(1).optional().describe('The same on the controller; searched in files/.'),
    content: z.string().min(1).optional().describe('The certificate itself, as PEM.'),
    host: z
      .string()
      .min(1)
      .optional()
      .describe('Ask the server there for the certificate that it shows; needs port.'),
    port: z.int().min(1).max(65_535).optional().describe('Its port. The connection starts at the node.'),
    server_name: z.string().min(1).optional().describe('Name to ask it for, when that is not host.'),
    timeout: z.number().positive().default(10).describe('Seconds that the server gets to answer.'),
    key_path: z
      .string()
      .min(1)
      .optional()
      .describe('Private key on the node, to compare with the certificate.'),
    key_src: z.string().min(1).optional().describe('Private key on the controller; searched in files/.'),
    key_content: z.string().min(1).optional().meta({ secret: true }).describe('Private key itself, as PEM.'),
    key_passphrase: z.string().optional().meta({ secret: true }).describe('Passphrase of the private key.'),
    valid_at: z
      .record(z.string(), z.string())
      .optional()
      .describe(
        'Times by names of your own, e.g. {in_a_month: "+30d"}; the result says for each whether it is valid then.',
      ),
    warn_days: z.int().nonnegative().default(30).describe('Warn when fewer days are left; 0: never.'),
  })
  .superRefine((given, context) => {
    const one = (keys: readonly (keyof typeof given)[], least: number): void => {
      const count = keys.filter((key) => given[key] !== undefined).length;
      if (count >= least && count <= 1) return;
      const message = count === 0 ? `give one of ${keys.join(', ')}` : `give only one of ${keys.join(', ')}`;
      context.addIssue({ code: 'custom', path: [keys[0] ?? ''], message });
    };
    one(['path', 'src', 'content', 'host'], 1);
    one(['key_path', 'key_src', 'key_content'], 0);
    if ((given.host === undefined) !== (given.port === undefined)) {
      context.addIssue({ code: 'custom', path: ['port'], message: 'host and port go together' });
    }
  });

type Args = z.output<typeof args>;

const nameMap = z.record(z.string(), z.string());
const ordered = z.array(z.array(z.string()));

const returns = z.strictObject({
  subject: nameMap.describe('Whom it is for, e.g. {commonName: oms.example.com}.'),
  subject_ordered: ordered.describe('The same as pairs, in order.'),
  issuer: nameMap.describe('Who issued it.'),
  issuer_ordered: ordered.describe('The same as pairs, in order.'),
  not_before: z.string().describe('Valid from, as YYYYMMDDhhmmssZ.'),
  not_after: z.string().describe('Valid until, as YYYYMMDDhhmmssZ.'),
  expired: z.boolean().describe('Whether its time is over.'),
  days_left: z.int().describe('Whole days until it expires; negative when it has.'),
  valid_at: z
    .record(z.string(), z.boolean())
    .describe('For each time asked about, whether it is valid then.'),
  serial_number: z.string().describe('In decimal digits, as text: it is larger than a number can hold.'),
  version: z.int().describe('Version of its format, 1 or 3.'),
  signature_algorithm: z.string().describe('How it was signed, e.g. sha256WithRSAEncryption.'),
  subject_alt_name: z.array(z.string()).describe('E.g. "DNS:oms.example.com", "IP:10.0.1.10".'),
  public_key_type: z.string().describe('Kind of its key: RSA, ECC, Ed25519 and so on.'),
  public_key_bits: z.int().nullable().describe('Size of an RSA key.'),
  is_ca: z.boolean().describe('Whether it may issue others.'),
  self_signed: z.boolean().describe('Whether it was issued by itself.'),
  fingerprints: z
    .strictObject({ sha1: z.string(), sha256: z.string(), sha512: z.string() })
    .describe('In lower case with colons.'),
  key_matches: z
    .boolean()
    .nullable()
    .describe('Whether the private key belongs to it; null: none was given.'),
  chain_length: z.int().describe('How many certificates there are.'),
  chain_valid: z.boolean().describe('Whether each was issued by the next one.'),
});

/** Reads a certificate, from a file or from the server that shows it. Never changes anything. */
export const module = defineModule({
  name: 'x509_certificate_info',
  beyondNode: true,
  summary: 'Read a certificate: validity, names, fingerprint, and whether key and chain fit',
  args,
  returns,
  inputs: { src: 'file', key_src: 'file' },
  examples: `- name: The certificate to be installed
  x509_certificate_info:
    src: oms_server.crt
    key_src: oms_server.key
    valid_at: { in_a_month: +30d }
  register: certificate

- name: The certificate that is served
  x509_certificate_info:
    host: "{{ansible_host}}"
    port: 8089
  register: served
`,
  async check(node, given) {
    const now = new Date();
    const [certificates, key] = await Promise.all([certificatesOf(node, given), keyOf(node, given)]);
    const [leaf] = certificates;
    if (leaf === undefined) throw new ModuleError({ message: `${sourceOf(given)} shows no certificate` });
    const described = describe(leaf, now);
    const warnings = warningsOf(given, described.days_left, described.expired);
    const result = {
      ...described,
      valid_at: validAt(leaf, given.valid_at ?? {}, now),
      key_matches: key === undefined ? null : keyMatches(leaf, key, given.key_passphrase),
      chain_length: certificates.length,
      chain_valid: isChain(certificates),
    };
    return { changes: [], result, ...(warnings.length === 0 ? {} : { warnings }) };
  },
  apply: (_node, _given, found) => Promise.resolve(found.result),
});

async function certificatesOf(node: NodeReader, given: Args): Promise<readonly X509Certificate[]> {
  const { host, port, server_name: serverName, timeout } = given;
  if (host !== undefined && port !== undefined) {
    return servedCertificates(node, { host, port, serverName, timeoutMs: timeout * 1000 });
  }
  if (given.content !== undefined) return parseCertificates(Buffer.from(given.content), 'content');
  return parseCertificates(await bytesOf(node, given.path, given.src), sourceOf(given));
}

async function keyOf(node: NodeReader, given: Args): Promise<Buffer | undefined> {
  if (given.key_content !== undefined) return Buffer.from(given.key_content);
  if (given.key_path === undefined && given.key_src === undefined) return undefined;
  return bytesOf(node, given.key_path, given.key_src);
}

async function bytesOf(node: NodeReader, path: string | undefined, src: string | undefined): Promise<Buffer> {
  if (src !== undefined) {
    try {
      return await readFile(src);
    } catch (error) {
      throw new ModuleError({ message: `${src} cannot be read: ${(error as Error).message}` });
    }
  }
  const bytes = await node.readFile(path ?? '');
  if (bytes !== undefined) return bytes;
  throw new ModuleError({
    message: `there is no file ${path} on ${node.name}`,
    hint: 'correct the path, or put it there',
  });
}

function sourceOf(given: Args): string {
  return given.path ?? given.src ?? (given.host === undefined ? 'content' : `${given.host}:${given.port}`);
}

function keyMatches(leaf: X509Certificate, key: Buffer, passphrase: string | undefined): boolean {
  try {
    return leaf.checkPrivateKey(
      createPrivateKey({ key, ...(passphrase === undefined ? {} : { passphrase }) }),
    );
  } catch {
    // OpenSSL's words say nothing to a reader, and nothing of a key may be shown.
    const encrypted = key.toString('latin1').includes('ENCRYPTED');
    throw new ModuleError({
      message: encrypted
        ? `the private key is encrypted, and ${passphrase === undefined ? 'key_passphrase is missing' : 'key_passphrase does not open it'}`
        : 'the private key cannot be read: it is no complete PEM block of a key',
      hint: encrypted
        ? 'give key_passphrase; nginx inside OMS needs the key without one'
        : 'give the right key file',
    });
  }
}

function validAt(
  leaf: X509Certificate,
  times: Readonly<Record<string, string>>,
  now: Date,
): Record<string, boolean> {
  const [from, to] = [new Date(leaf.validFrom), new Date(leaf.validTo)];
  return Object.fromEntries(
    Object.entries(times).map(([name, text]) => {
      const time = parseTime(text, now);
      return [name, from <= time && time <= to];
    }),
  );
}

function warningsOf(given: Args, days: number, expired: boolean): readonly string[] {
  if (given.warn_days === 0) return [];
  if (expired) return [`the certificate ${sourceOf(given)} expired ${-days} days ago`];
  return days < given.warn_days ? [`the certificate ${sourceOf(given)} expires in ${days} days`] : [];
}
