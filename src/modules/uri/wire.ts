import type { IncomingMessage } from 'node:http';
import http from 'node:http';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { NodeReader } from '../../transport/node.ts';
import { tryConnection } from '../connection.ts';
import type { Request } from './request.ts';

const MOST_BYTES = 16 * 1024 * 1024;

/** There was no usable answer; the message says why. */
export class AnswerError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'AnswerError';
    this.hint = hint;
  }
}

export interface Answer {
  readonly status: number;
  readonly reason: string;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** One request and its answer over a connection that starts at the node. Throws AnswerError. */
export async function roundTrip(node: NodeReader, request: Request): Promise<Answer> {
  const { url, timeoutMs } = request;
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const end = performance.now() + timeoutMs;
  const socket = await tryConnection(node, { host, port, timeoutMs });
  if (typeof socket === 'string') throw new AnswerError(`no connection (${socket})`);
  const stream = secure ? tlsOver(socket, host, request) : socket;
  // The socket below a TLS stream reports its own errors; without a listener they would end the process.
  socket.on('error', () => undefined);
  const timer = setTimeout(
    () => stream.destroy(new AnswerError(`no answer within ${timeoutMs / 1000} s`)),
    Math.max(end - performance.now(), 1),
  );
  try {
    return await talk(stream, request);
  } catch (error) {
    throw asAnswerError(error);
  } finally {
    clearTimeout(timer);
    stream.destroy();
    socket.destroy();
  }
}

function tlsOver(socket: Duplex, host: string, request: Request): Duplex {
  return tls.connect({
    socket,
    // An address is no server name.
    ...(/^[\d.]+$|:/.test(host) ? { host } : { host, servername: host }),
    rejectUnauthorized: request.validateCerts,
    ...(request.ca === undefined ? {} : { ca: request.ca }),
    ALPNProtocols: ['http/1.1'],
  });
}

function talk(stream: Duplex, request: Request): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { url, method, headers, body } = request;
    const options = { method, headers: { host: url.host, ...headers }, path: url.pathname + url.search };
    const outgoing = http.request({ ...options, createConnection: () => stream });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      collect(incoming).then((bytes) => resolve(answerOf(incoming, bytes)), reject);
    });
    stream.on('error', reject);
    outgoing.end(body);
  });
}

async function collect(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > MOST_BYTES) throw new AnswerError(`the answer has more than ${MOST_BYTES / 1024 / 1024} MB`);
  }
  return Buffer.concat(chunks);
}

function answerOf(incoming: IncomingMessage, body: Buffer): Answer {
  const headers = Object.entries(incoming.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return {
    status: incoming.statusCode ?? -1,
    reason: incoming.statusMessage ?? '',
    headers: Object.fromEntries(headers) as Record<string, string>,
    body,
  };
}

function asAnswerError(error: unknown): AnswerError {
  if (error instanceof AnswerError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== undefined && /CERT|SELF_SIGNED|ISSUER|LEAF_SIGNATURE/.test(code)) {
    return new AnswerError(
      `its certificate is not accepted: ${message}`,
      'Name the certificate to trust with ca_path, or turn the check off with validate_certs: false.',
    );
  }
  return new AnswerError(message);
}
