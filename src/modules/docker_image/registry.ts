import { createHash, timingSafeEqual } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Transform } from 'node:stream';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Secret } from '../../model/secret.ts';
import type { Blob, ImageBlobs } from './blobs.ts';

/** Name of the image in the registry, and its user. */
export const REPOSITORY = 'oms-play/image';
export const USER = 'oms-play';
const SLICE = 128 * 1024;

export interface RegistryOptions {
  readonly image: ImageBlobs;
  /** Without it nothing is given out: others on the node reach the port, too. */
  readonly password: Secret;
  /** Resolves when so many bytes may be sent. */
  readonly allow: (bytes: number) => Promise<void>;
  readonly onSent: (bytes: number) => void;
}

/** The part of a registry that `docker pull` needs, for one image, on byte streams that are handed to it. */
export class Registry {
  readonly #options: RegistryOptions;
  readonly #server: Server;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  /** Serves one connection. */
  accept(stream: Duplex): void {
    this.#server.emit('connection', stream);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('Docker-Distribution-API-Version', 'registry/2.0');
    if (!this.#knows(request.headers.authorization)) {
      response.setHeader('WWW-Authenticate', 'Basic realm="oms-play"');
      return void response.writeHead(401).end();
    }
    const { method = '', url = '' } = request;
    if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405).end();
    if (url === '/v2/') return void response.writeHead(200).end('{}');
    const [, kind, reference = ''] = /^\/v2\/oms-play\/image\/(manifests|blobs)\/([\w:.-]+)$/.exec(url) ?? [];
    const { image } = this.#options;
    if (kind === 'manifests') return this.#manifest(method, response);
    const blob = kind === 'blobs' ? image.blobs.get(reference) : undefined;
    if (blob === undefined) return void response.writeHead(404).end();
    await this.#blob(blob, request, response);
  }

  #knows(authorization: string | undefined): boolean {
    const expected = Buffer.from(`${USER}:${this.#options.password.reveal()}`).toString('base64');
    const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
    return timingSafeEqual(hash(authorization ?? ''), hash(`Basic ${expected}`));
  }

  #manifest(method: string, response: ServerResponse): void {
    const { manifest, digest, mediaType } = this.#options.image;
    response.writeHead(200, {
      'Content-Type': mediaType,
      'Content-Length': manifest.length,
      'Docker-Content-Digest': digest,
    });
    response.end(method === 'HEAD' ? undefined : manifest);
  }

  /** A pull that was cut off goes on with a range. */
  async #blob(blob: Blob, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (from >= blob.size && from > 0) return void response.writeHead(416).end();
    const part = from > 0 ? { 'Content-Range': `bytes ${from}-${blob.size - 1}/${blob.size}` } : {};
    response.writeHead(from > 0 ? 206 : 200, {
      'Content-Type': 'application/octet-stream',
      'Content-Length': blob.size - from,
      'Docker-Content-Digest': blob.digest,
      'Accept-Ranges': 'bytes',
      ...part,
    });
    if (request.method === 'HEAD') return void response.end();
    const source = createReadStream(blob.path, { start: from, highWaterMark: SLICE });
    await pipeline(source, this.#metered(), response);
  }

  #metered(): Transform {
    const { allow, onSent } = this.#options;
    return new Transform({
      transform(chunk: Buffer, _encoding, done) {
        allow(chunk.length).then(() => {
          onSent(chunk.length);
          done(null, chunk);
        }, done);
      },
    });
  }
}
