import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Change } from '../../src/model/result.ts';
import type { AnyModule } from '../../src/modules/define.ts';
import { ModuleError } from '../../src/modules/define.ts';
import { builtinModules } from '../../src/modules/index.ts';
import { sh } from '../../src/transport/command.ts';
import type { ShellLink } from '../../src/transport/link.ts';
import type { NodeWriter } from '../../src/transport/node.ts';
import type { NodeOptions } from '../../src/transport/remote-node.ts';
import { createNode, NodeError } from '../../src/transport/remote-node.ts';
import type { ShellKind } from '../transport/shells.ts';
import { linkWith, openWith } from '../transport/shells.ts';

/** A folder in memory where this machine has one: thousands of files are quicker there. */
export function quickFolder(): string {
  return mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'oms-play-folder-'));
}

/** What a module found and did, and what it cost. */
export interface Run {
  readonly changes: readonly Change[];
  readonly result: unknown;
  readonly warnings: readonly string[];
  /** Requests to the node. */
  readonly forCheck: number;
  readonly forApply: number;
}

/** A folder `src` of the controller and a node on a real shell, new for each test. */
export class FolderFixture {
  readonly #module: AnyModule;
  #dir = '';
  #link: ShellLink | undefined;

  constructor(module: string) {
    this.#module = builtinModules.find(({ name }) => name === module) as AnyModule;
  }

  /** Call it inside `describe`. */
  over(kind: ShellKind): void {
    beforeEach(async () => {
      this.#dir = quickFolder();
      mkdirSync(this.at('src'));
      this.#link = linkWith(openWith(kind));
      await this.node().query(sh`true`);
    });
    afterEach(async () => {
      await this.link.close();
      rmSync(this.#dir, { recursive: true });
    });
  }

  get link(): ShellLink {
    return this.#link ?? expect.fail('there is no link yet');
  }

  node(more: Partial<NodeOptions> = {}): NodeWriter {
    return createNode({ name: 'hz-1', address: '10.0.1.11', link: async () => this.link, ...more });
  }

  /** The same node with nothing but the usual tools. */
  async nodeWithoutTar(): Promise<NodeWriter> {
    const words =
      'sh stat sha256sum gzip xargs cat mkdir chmod chown mktemp mv rm dirname base64 setsid readlink';
    const PATH = this.at('bin');
    mkdirSync(PATH);
    for (const tool of words.split(' ')) {
      const found = await this.node().query(sh`command -v ${tool}`);
      symlinkSync(found.stdout.toString().trim(), join(PATH, tool));
    }
    return this.node({ environment: { PATH } });
  }

  at(...names: readonly string[]): string {
    return join(this.#dir, ...names);
  }

  write(path: string, content: string | Buffer = path): void {
    mkdirSync(join(this.at(path), '..'), { recursive: true });
    writeFileSync(this.at(path), content);
  }

  text(path: string): string {
    return readFileSync(this.at(path), 'utf8');
  }

  mode(path: string): string {
    return (statSync(this.at(path)).mode & 0o7777).toString(8);
  }

  /** From `src/` to `to`. */
  async once(given: Readonly<Record<string, unknown>> = {}, node = this.node()): Promise<Run> {
    const args = this.#module.args.parse({ src: this.at('src/'), dest: this.at('to'), ...given });
    const start = this.link.stats().requests;
    const found = await this.#module.check(node, args);
    const middle = this.link.stats().requests;
    const result = found.changes.length > 0 ? await this.#module.apply(node, args, found) : found.result;
    this.#module.returns.parse(result);
    const { changes, warnings = [] } = found;
    const forApply = this.link.stats().requests - middle;
    return { changes, result, warnings, forCheck: middle - start, forApply };
  }

  /** The same, then once more: the second run must find nothing to do. */
  async converge(given: Readonly<Record<string, unknown>> = {}, node = this.node()): Promise<Run> {
    const run = await this.once(given, node);
    expect((await this.once(given, node)).changes, 'second run').to.deep.equal([]);
    const traces = readdirSync(this.#dir, { recursive: true }).map(String);
    expect(traces.filter((name) => name.includes('.oms-play-'))).to.deep.equal([]);
    return run;
  }

  /** Why it fails. */
  async refusal(work: Promise<unknown>): Promise<{ message: string; hint: string | undefined }> {
    const error: unknown = await work.then(
      () => expect.fail('was expected to fail'),
      (e: unknown) => e,
    );
    if (error instanceof ModuleError) return { hint: undefined, ...error.failure };
    if (error instanceof NodeError) return { message: error.message, hint: error.hint };
    throw error;
  }

  said({ changes }: Run): string[] {
    return changes.map(({ subject, summary }) => `${subject.replace(this.#dir, '')}: ${summary}`);
  }
}
