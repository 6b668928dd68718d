import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ShellLink } from '../../src/transport/link.ts';
import type { NodeWriter } from '../../src/transport/node.ts';
import { createNode, NodeError } from '../../src/transport/remote-node.ts';
import type { PlacedFile, Placement } from '../../src/transport/tree.ts';
import { rawPath } from '../../src/transport/tree.ts';
import type { ShellKind } from './shells.ts';
import { linkWith, openWith } from './shells.ts';

/** Names as they may be found on a disk, in latin1: one character for each byte. */
export const NAMES = [
  'plain', '-rf', 'a b', `it's "q"`, '$HOME `id` $(id)', '*', 'back\\slash', 'new\nline', 'both\\\n', '~', '.hidden',
  '..two', 'a=b:c', rawPath('目录'), '\xff\xfe no utf-8', '\x1e\x01', 'x'.repeat(255), '%s %n', "';exit 9;'", '12_.._x',
]; // prettier-ignore

/** SHA-256 in hex. */
export function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A path of names in latin1. */
export function bytePath(...parts: readonly string[]): Buffer {
  return Buffer.from(parts.join('/'), 'latin1');
}

const NOISE = randomBytes(3_000_000);

/** Bytes that do not become less when they are packed, the same ones each time. */
export function noise(length: number): Buffer {
  return NOISE.subarray(0, length);
}

/** A node over a real shell and a folder for it, new for each test; in memory where this machine has room there. */
export class TreeFixture {
  dir = '';
  source = '';
  #link: ShellLink | undefined;

  /** Call it inside `describe`. */
  over(kind: ShellKind): void {
    beforeEach(() => {
      this.dir = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'oms-play-tree-'));
      this.source = join(this.dir, 'source');
      mkdirSync(this.source);
      this.#link = linkWith(openWith(kind));
    });
    afterEach(async () => {
      await this.#link?.close();
      rmSync(this.dir, { recursive: true });
    });
  }

  get node(): NodeWriter {
    const link = this.#link ?? expect.fail('there is no link yet');
    return createNode({ name: 'hz-1', address: '10.0.1.11', link: async () => link });
  }

  get requests(): number {
    return this.#link?.stats().requests ?? NaN;
  }

  /** A file of the controller's for a place on the node. */
  file(path: string, content: string | Buffer, more: Partial<PlacedFile> = {}): PlacedFile {
    const localPath = join(this.source, sha256(path).slice(0, 16));
    writeFileSync(localPath, content);
    return { path, localPath, size: Buffer.byteLength(content), ...more };
  }

  place(more: Partial<Placement>): Promise<void> {
    const none = { folders: [], files: [], links: [], attributes: [], inTheWay: [], surplus: [] };
    return this.node.placeAll({ folder: join(this.dir, 'to'), base: this.dir, ...none, ...more });
  }

  noTraces(): void {
    const left = readdirSync(this.dir, { recursive: true }).map(String);
    expect(left.filter((name) => name.includes('.oms-play-'))).to.deep.equal([]);
  }

  async failure(work: Promise<unknown>): Promise<NodeError> {
    const error: unknown = await work.then(
      () => expect.fail('was expected to fail'),
      (e: unknown) => e,
    );
    expect(error).to.be.instanceOf(NodeError);
    return error as NodeError;
  }
}
