import { randomBytes } from 'node:crypto';
import type { SshAddress } from '../../transport/contract.ts';
import { TransportError } from '../../transport/contract.ts';
import type { KeyPair } from '../../transport/key-pair.ts';
import { hostKeyWords } from '../../transport/key-pair.ts';
import type { NodeWriter } from '../../transport/node.ts';
import { Feed } from './feed.ts';
import type { FileDigest } from './file-digest.ts';
import { chunkLength } from './file-digest.ts';
import type { Delivery, Hand } from './hand.ts';
import { InOrder } from './in-order.ts';
import { LineProgram, newMark } from './program.ts';
import { agentScript, intakeScript } from './agent-script.ts';
import { doorScript } from './door-script.ts';
import type { TokenBucket } from './token-bucket.ts';

const MIB = 1024 * 1024;
const HEARTBEAT_MS = 5_000;
/** A node that says nothing for so long is gone; the connection itself would tell only after a minute. */
const SILENT_MS = 25_000;

/** What a station works on. */
export interface StationOptions {
  readonly file: FileDigest & { readonly path: string };
  /** Where the file is put together on the node, or where it is whole. */
  readonly path: string;
  readonly whole: boolean;
  readonly bucket: TokenBucket;
  readonly keys: KeyPair;
}

/** A node's place in a swarm: its agent, and the door through which neighbours come. */
export class Station implements Hand {
  readonly name: string;
  readonly lost: Promise<Error | undefined>;
  /** What it has put up on the node; gone when it is closed. */
  readonly folder: string;
  readonly #options: StationOptions;
  readonly #agent: LineProgram;
  readonly #waiting = new Map<string, (words: readonly string[]) => void>();
  readonly #node: NodeWriter;
  readonly #lose: (error: Error | undefined) => void;
  #intake: Promise<Feed> | undefined;
  #intakeProgram: LineProgram | undefined;
  readonly #known = new Map<Station, string>();
  readonly #heartbeat: NodeJS.Timeout;
  #heardAt = performance.now();
  #asked = 0;
  #load: { readonly order: InOrder; readonly ended: Promise<readonly string[]> } | undefined;
  #door: LineProgram | undefined;
  #address: SshAddress | undefined;
  #closedDoor: string | undefined = 'it was not opened';

  /** Starts the agent and opens the door; a door that stays closed is no error. Throws Error when there is no agent. */
  static async open(node: NodeWriter, options: StationOptions): Promise<Station> {
    const [id, mark] = [randomBytes(6).toString('hex'), newMark()];
    const { path, whole, file } = options;
    const address = await node.sshAddress();
    const loginUser = address?.user ?? 'root';
    const words = { mark, id, path, whole, loginUser, size: file.size, chunkBytes: file.chunkBytes };
    const command = agentScript(words);
    // It says nothing of its own accord: until it is asked something there is nobody to hear it.
    let hear: (line: readonly string[]) => void = () => undefined;
    const { program, ready } = await LineProgram.start(node, { command, mark }, (line) => hear(line));
    const folder = ready.join(' ');
    const station = new Station(node, { program, folder }, options);
    hear = (line) => station.heard(line);
    await station.openDoor({ id, folder, address });
    return station;
  }

  private constructor(
    node: NodeWriter,
    agent: { readonly program: LineProgram; readonly folder: string },
    options: StationOptions,
  ) {
    this.name = node.name;
    this.#node = node;
    this.#agent = agent.program;
    this.folder = agent.folder;
    this.#options = options;
    let lose: (error: Error | undefined) => void = () => undefined;
    this.lost = new Promise((resolve) => (lose = resolve));
    this.#lose = lose;
    void this.#agent.ended.then((why) => this.#gone(why === undefined ? undefined : new Error(why)));
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS);
    this.#heartbeat.unref();
    for (const line of options.keys.privateKey.reveal().trimEnd().split('\n')) this.#agent.tell(`k ${line}`);
  }

  get closedDoor(): string | undefined {
    return this.#closedDoor;
  }

  private async openDoor(door: {
    readonly id: string;
    readonly folder: string;
    readonly address: SshAddress | undefined;
  }): Promise<void> {
    const { id, folder, address } = door;
    if (address === undefined) return void (this.#closedDoor = 'it is not reached by SSH');
    if (!/^[A-Za-z0-9.:_-]+$/.test(`${address.host}${address.user}`)) {
      return void (this.#closedDoor = 'its address or user holds characters that ssh takes for others');
    }
    const mark = newMark();
    const command = doorScript({ mark, id, folder, publicKey: this.#options.keys.publicKey });
    try {
      const { program } = await LineProgram.start(
        this.#node.asLoginUser(),
        { command, mark },
        () => undefined,
      );
      this.#door = program;
      this.#address = address;
      this.#closedDoor = undefined;
      void program.ended.then((why) => (this.#closedDoor = why ?? 'it was closed'));
    } catch (error) {
      this.#closedDoor = (error as Error).message;
    }
  }

  async look(found: (chunk: number) => void): Promise<void> {
    const { chunks } = this.#options.file;
    await this.#askAll('v end', 'v', ([index = '', sum]) => {
      if (chunks[Number(index)] === sum) found(Number(index));
    });
  }

  async put(chunk: number, onSent: (bytes: number) => void): Promise<Delivery> {
    const { mib, blocks, rest, sum } = this.#place(chunk);
    const id = `${++this.#asked}`;
    const answer = this.#answer(id);
    answer.catch(() => undefined);
    try {
      this.#intake ??= this.#openIntake();
      await (await this.#intake).send(`p ${id} ${mib} ${blocks} ${rest} ${sum}`, chunk, onSent);
    } catch (error) {
      // Its line has promised bytes that do not come: nothing that is sent from now on would be understood.
      this.#gone(error as Error);
    }
    return deliveryOf(await answer);
  }

  async #openIntake(): Promise<Feed> {
    const mark = newMark();
    const command = intakeScript(mark, this.#options.path, this.folder);
    const { program } = await LineProgram.start(this.#node, { command, mark }, (words) => this.heard(words));
    this.#intakeProgram = program;
    void program.ended.then((why) => (why === undefined ? undefined : this.#gone(new Error(why))));
    return new Feed(program.stdin, this.#options.file, this.#options.bucket);
  }

  async fetch(chunk: number, from: Hand): Promise<Delivery> {
    const { mib, blocks, rest, sum } = this.#place(chunk);
    const all = rest === 0 ? blocks : blocks + 1;
    const alias = this.#known.get(from as Station) ?? 'none';
    const served = (from as Station).serve(mib, all);
    // Not the chunk's number: it may be on its way from two sides.
    const id = `${++this.#asked}`;
    const answer = this.#answer(id);
    this.#agent.tell(`g ${id} ${mib} ${all} ${sum} ${alias} ${served}`);
    const delivery = deliveryOf(await answer);
    if (delivery !== 'good') (from as Station).unserve(served);
    return delivery;
  }

  /** Holds blocks of the file ready for whoever asks for them by the answer. */
  serve(mib: number, blocks: number): string {
    const id = randomBytes(12).toString('hex');
    this.#agent.tell(`s ${id} ${mib} ${blocks}`);
    return id;
  }

  /** Has Docker load the file while it comes; the answer of {@link loaded} tells how that ended. */
  beginLoad(): void {
    this.#load = { order: new InOrder(), ended: this.#answer('t') };
    // It is waited for only when all is there.
    this.#load.ended.catch(() => undefined);
    this.#agent.tell('t');
  }

  arrived(chunk: number): void {
    for (const next of this.#load?.order.add(chunk) ?? []) {
      const { mib, blocks, rest } = this.#place(next);
      this.#agent.tell(`w ${mib} ${rest === 0 ? blocks : blocks + 1}`);
    }
  }

  /** Whether Docker has taken all of it. */
  async loaded(): Promise<boolean> {
    if (this.#load === undefined) return false;
    this.#agent.tell('w end');
    const [, code] = await this.#load.ended;
    return code === '0';
  }

  /** Loads an image into Docker from a neighbour that has it; the words say why it could not. */
  async takeImage(image: string, from: Station): Promise<string | undefined> {
    const why = this.#known.has(from) ? undefined : await this.connect(from, () => undefined);
    if (why !== undefined) return why;
    const id = randomBytes(12).toString('hex');
    from.#agent.tell(`i ${id} ${image}`);
    const answer = this.#answer(id);
    this.#agent.tell(`l ${id} ${this.#known.get(from)} ${id}`);
    const [kind, , , ...words] = await answer;
    if (kind === 'h') return undefined;
    from.unserve(id);
    return words.join(' ').trim() || 'it did not come over';
  }

  unserve(id: string): void {
    this.#agent.tell(`x ${id}`);
  }

  async connect(to: Hand, onLost: () => void): Promise<string | undefined> {
    const { name } = to;
    const address = (to as Station).#address;
    if (address === undefined) return `${name} is closed to its neighbours`;
    const known = this.#known.get(to as Station);
    const alias = known ?? `s${this.#known.size}`;
    if (known === undefined) {
      this.#known.set(to as Station, alias);
      const { host, port, user, hostKey } = address;
      this.#agent.tell(`a ${alias} ${host} ${port} ${user} ${hostKeyWords(hostKey)}`);
    }
    const answer = this.#answer(`c ${alias}`);
    this.#agent.tell(`c ${alias}`);
    const [, , ok, ...words] = await answer;
    if (ok !== 'ok') return words.join(' ').trim() || 'no reason given';
    this.#waiting.set(`l ${alias}`, onLost);
    return undefined;
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    await Promise.all([this.#door?.end(), this.#intakeProgram?.end(), this.#agent.end()]);
  }

  #beat(): void {
    if (performance.now() - this.#heardAt < SILENT_MS) return this.#agent.tell('n');
    const message = `${this.name}: the node does not answer any more`;
    this.#gone(
      new TransportError('lost', message, 'Check that the node is still up, and the network to it.'),
    );
  }

  /** Takes a line that the agent said. */
  private heard(words: readonly string[]): void {
    this.#heardAt = performance.now();
    const [kind = '', first = ''] = words;
    if (kind === 'v' && first !== 'end') return this.#waiting.get('v')?.(words.slice(1));
    const key = kind === 'h' || kind === 'b' ? first : kind === 't' ? kind : `${kind} ${first}`;
    const taker = this.#waiting.get(key);
    this.#waiting.delete(key);
    taker?.(words);
  }

  #place(chunk: number): { mib: number; blocks: number; rest: number; sum: string } {
    const { file } = this.#options;
    const length = chunkLength(file, chunk);
    const mib = (chunk * file.chunkBytes) / MIB;
    return { mib, blocks: Math.floor(length / MIB), rest: length % MIB, sum: file.chunks[chunk] ?? '' };
  }

  readonly #refusals = new Set<(error: Error) => void>();
  #error: Error | undefined;

  #answer(key: string): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      if (this.#error !== undefined) return reject(this.#error);
      this.#refusals.add(reject);
      this.#waiting.set(key, (words) => {
        this.#refusals.delete(reject);
        resolve(words);
      });
    });
  }

  async #askAll(key: string, order: string, each: (words: readonly string[]) => void): Promise<void> {
    this.#waiting.set(order, each);
    const end = this.#answer(key);
    this.#agent.tell(order);
    await end;
    this.#waiting.delete(order);
  }

  #gone(error: Error | undefined): void {
    this.#error ??= error ?? new Error('it was closed');
    clearInterval(this.#heartbeat);
    for (const refuse of this.#refusals) refuse(this.#error);
    this.#refusals.clear();
    this.#lose(error);
  }
}

function deliveryOf([kind, , code]: readonly string[]): Delivery {
  if (kind === 'h') return 'good';
  return code === '0' ? 'corrupt' : 'failed';
}
