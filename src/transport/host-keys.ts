import type { TransportErrorKind } from './contract.ts';
import { TransportError } from './contract.ts';
import type { Endpoint } from './endpoint.ts';
import { fingerprint, judge, keyType } from './known-hosts.ts';
import type { KnownHost, KnownHosts, KnownKey } from './known-hosts.ts';

const SUPPORTED = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
] as const;
export type HostKeyAlgorithm = (typeof SUPPORTED)[number];

/** Decides about the host key of one server; `refusal` says why it was refused. */
export interface HostKeyCheck {
  /** Only the types that are known of the host, else another key of the same server would look changed. */
  readonly algorithms: readonly HostKeyAlgorithm[] | undefined;
  verify(key: Buffer): Promise<boolean>;
  refusal(): TransportError | undefined;
  /** The error when the server has no key of the known types. */
  otherType(): TransportError | undefined;
}

/** Looks up what is known of the endpoint's host key. */
export async function hostKeyCheck(endpoint: Endpoint, files: KnownHosts): Promise<HostKeyCheck> {
  const name = endpoint.hostKeyAlias ?? endpoint.host;
  const port = endpoint.hostKeyAlias === undefined ? endpoint.port : 22;
  const known = await files.find(endpoint.knownHostsFiles, name, port);
  let refused: TransportError | undefined;
  return {
    algorithms: algorithmsFor(known),
    refusal: () => refused,
    otherType: () => (known.keys[0] === undefined ? undefined : noSuchType(endpoint, known.keys)),
    async verify(key) {
      const verdict = judge(known, key);
      if (verdict.is === 'known') return true;
      if (verdict.is === 'changed') refused = changed(endpoint, key, verdict.entry);
      else if (verdict.is === 'revoked') refused = revoked(endpoint, key, verdict.entry);
      else refused = await onUnknown(endpoint, key, files, { name, port });
      return refused === undefined;
    },
  };
}

async function onUnknown(
  endpoint: Endpoint,
  key: Buffer,
  files: KnownHosts,
  as: { readonly name: string; readonly port: number },
): Promise<TransportError | undefined> {
  if (endpoint.hostKeyChecking === 'no') return undefined;
  const [file] = endpoint.knownHostsFiles;
  if (endpoint.hostKeyChecking === 'yes' || file === undefined) return unknown(endpoint, key);
  try {
    await files.add(file, as.name, as.port, key);
    return undefined;
  } catch (error) {
    const reason = (error as Error).message;
    return hostKeyError('host-key-unknown', `${endpoint.label}: the new host key cannot be kept: ${reason}`);
  }
}

function algorithmsFor(known: KnownHost): readonly HostKeyAlgorithm[] | undefined {
  const types = new Set(known.keys.map((entry) => entry.type));
  if (types.has('ssh-rsa')) types.add('rsa-sha2-512').add('rsa-sha2-256');
  const usable = SUPPORTED.filter((algorithm) => types.has(algorithm));
  return usable.length === 0 ? undefined : usable;
}

function unknown(endpoint: Endpoint, key: Buffer): TransportError {
  const file = endpoint.knownHostsFiles[0] ?? '~/.ssh/known_hosts';
  const port = endpoint.port === 22 ? '' : `-p ${endpoint.port} `;
  return hostKeyError(
    'host-key-unknown',
    `${endpoint.label}: the host key of the server is not known: ${keyType(key)} ${fingerprint(key)}`,
    'Compare the fingerprint with what ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub says on the node. If it is the same: ' +
      `ssh-keyscan ${port}${endpoint.host} >> ${file}, or run once with --host-key-checking accept-new.`,
  );
}

function changed(endpoint: Endpoint, key: Buffer, entry: KnownKey): TransportError {
  return hostKeyError(
    'host-key-changed',
    `${endpoint.label}: the host key of the server has changed: it shows ${keyType(key)} ${fingerprint(key)}, ` +
      `${place(entry)} holds ${entry.type} ${fingerprint(Buffer.from(entry.key, 'base64'))}`,
    changedHint(endpoint, entry),
  );
}

function noSuchType(endpoint: Endpoint, keys: readonly KnownKey[]): TransportError {
  const types = [...new Set(keys.map((entry) => entry.type))].join(', ');
  const [first] = keys;
  return hostKeyError(
    'host-key-changed',
    `${endpoint.label}: the server has no host key of the types that are known of it (${types})`,
    first === undefined ? undefined : changedHint(endpoint, first),
  );
}

function changedHint(endpoint: Endpoint, entry: KnownKey): string {
  const name = endpoint.port === 22 ? endpoint.host : `[${endpoint.host}]:${endpoint.port}`;
  return (
    'Someone may be between you and the node, or it was installed anew. If you are sure of the latter, remove the old key: ' +
    `ssh-keygen -R "${name}" -f ${entry.file} (${place(entry)}).`
  );
}

function revoked(endpoint: Endpoint, key: Buffer, entry: KnownKey): TransportError {
  return hostKeyError(
    'host-key-changed',
    `${endpoint.label}: the server shows a host key that is revoked by ${place(entry)}: ${fingerprint(key)}`,
    'Give the node a new host key; do not trust this one.',
  );
}

function place(entry: KnownKey): string {
  return `${entry.file}:${entry.line}`;
}

function hostKeyError(kind: TransportErrorKind, message: string, hint?: string): TransportError {
  return new TransportError(kind, message, hint);
}
