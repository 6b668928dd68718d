import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { connect } from 'node:tls';
import { TransportError } from '../../transport/contract.ts';
import type { NodeReader } from '../../transport/node.ts';
import { ModuleError } from '../define.ts';

/** Where to ask for a certificate. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly serverName: string | undefined;
  readonly timeoutMs: number;
}

/** The certificates that a TLS server shows, its own first; the connection starts at the node. */
export async function servedCertificates(
  node: NodeReader,
  at: Endpoint,
): Promise<readonly X509Certificate[]> {
  const socket = await connected(node, at);
  const name = at.serverName ?? (isIP(at.host) === 0 ? at.host : undefined);
  // Reading it is the purpose, so one that nobody would trust is welcome too.
  const tls = connect({
    socket,
    rejectUnauthorized: false,
    ...(name === undefined ? {} : { servername: name }),
  });
  try {
    await handshake(tls, at.timeoutMs);
    return chainOf(tls.getPeerCertificate(true));
  } catch (error) {
    throw new ModuleError({
      message: `${at.host}:${at.port}, asked from ${node.name}, shows no certificate: ${(error as Error).message}`,
      hint: 'is it the right port, and does it speak TLS? A plain HTTP server does not',
    });
  } finally {
    tls.destroy();
    socket.destroy();
  }
}

async function connected(node: NodeReader, at: Endpoint): Promise<Duplex> {
  try {
    return await node.openConnection(at.host, at.port);
  } catch (error) {
    // The way to the node is well: the server does not listen.
    if (!(error instanceof TransportError) || error.kind !== 'forward-refused') throw error;
    throw new ModuleError({
      message: `${at.host}:${at.port} refuses connections from ${node.name}`,
      hint: 'start the server, or correct host and port',
    });
  }
}

function handshake(tls: TLSSocket, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => tls.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    tls.once('secureConnect', resolve);
    // Stays attached: an error after the handshake must not end the program.
    tls.on('error', reject);
    tls.once('close', () => {
      clearTimeout(timer);
      reject(new Error('the connection was closed'));
    });
  });
}

function chainOf(leaf: DetailedPeerCertificate): readonly X509Certificate[] {
  const chain: X509Certificate[] = [];
  const seen = new Set<string>();
  // The issuer of a self-signed one is itself.
  for (let one = leaf; one?.raw !== undefined && !seen.has(one.fingerprint256); one = one.issuerCertificate) {
    seen.add(one.fingerprint256);
    chain.push(new X509Certificate(one.raw));
  }
  return chain;
}
