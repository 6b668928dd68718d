import { randomBytes } from 'node:crypto';
import type { SshAddress } from '../../transport/contract.ts';
import type { KeyPair } from '../../transport/key-pair.ts';
import { hostKeyWords } from '../../transport/key-pair.ts';
import type { NodeWriter } from '../../transport/node.ts';
import { Feed } from './feed.ts';
import type { FileDigest } from './file-digest.ts';
import { chunkLength } from './file-digest.ts';
import type { Delivery, Hand } from './hand.ts';
import { LineProgram, newMark } from './program.ts';
import { agentScript, doorScript, intakeScript } from './scripts.ts';
import type { TokenBucket } from './token-bucket.ts';

const MIB = 1024 * 1024;
const HEARTBEAT_MS = 60_000;

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
  readonly #options: StationOptions;
  readonly #agent: LineProgram;
  readonly #waiting = new Map<string, (words: readonly string[]) => void>();
  readonly #node: NodeWriter;
  readonly #folder: string;
  readonly #lose: (error: Error | undefined) => void;
  #intake: Promise<Feed> | undefined;
  #intakeProgram: LineProgram | undefined;
  readonly #known = new Map<Station, string>();
  readonly #heartbeat: NodeJS.Timeout;
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
    let station: Station | undefined;
    const command = agentScript(words);
    const { program, ready } = await LineProgram.start(node, { command, mark }, (line) =>
      station?.heard(line),
    );
    const folder = ready.join(' ');
    station = new Station(node, { program, folder }, options);
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
    this.#folder = agent.folder;
    this.#options = options;
    let lose: (error: Error | undefined) => void = () => undefined;
    this.lost = new Promise((resolve) => (lose = resolve));
    this.#lose = lose;
    void this.#agent.ended.then((why) => this.#gone(why === undefined ? undefined : new Error(why)));
    this.#heartbeat = setInterval(() => this.#agent.tell('n'), HEARTBEAT_MS);
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
    await this.#asked('v end', 'v', ([index = '', sum]) => {
      if (chunks[Number(index)] === sum) found(Number(index));
    });
  }

  async put(chunk: number, onSent: (bytes: number) => void): Promise<Delivery> {
    const { mib, blocks, rest, sum } = this.#place(chunk);
    const answer = this.#answer(`${chunk}`);
    answer.catch(() => undefined);
    try {
      this.#intake ??= this.#openIntake();
      await (await this.#intake).send(`p ${chunk} ${mib} ${blocks} ${rest} ${sum}`, chunk, onSent);
    } catch (error) {
      // Its line has promised bytes that do not come: nothing that is sent from now on would be understood.
      this.#gone(error as Error);
    }
    return deliveryOf(await answer);
  }

  async #openIntake(): Promise<Feed> {
    const mark = newMark();
    const command = intakeScript(mark, this.#options.path, this.#folder);
    const { program } = await LineProgram.start(this.#node, { command, mark }, (words) => this.heard(words));
    this.#intakeProgram = program;
    void program.ended.then((why) => (why === undefined ? undefined : this.#gone(new Error(why))));
    return new Feed(program.stdin, this.#options.file, this.#options.bucket);
  }

  async fetch(chunk: number, from: Hand): Promise<Delivery> {
    const { mib, blocks, rest, sum } = this.#place(chunk);
    const all = rest === 0 ? blocks : blocks + 1;
    const alias = this.#known.get(from as Station) ?? 'none';
    const id = (from as Station).serve(mib, all);
    const answer = this.#answer(`${chunk}`);
    this.#agent.tell(`g ${chunk} ${mib} ${all} ${sum} ${alias} ${id}`);
    const delivery = deliveryOf(await answer);
    if (delivery !== 'good') (from as Station).unserve(id);
    return delivery;
  }

  /** Holds blocks of the file ready for whoever asks for them by the answer. */
  serve(mib: number, blocks: number): string {
    const id = randomBytes(12).toString('hex');
    this.#agent.tell(`s ${id} ${mib} ${blocks}`);
    return id;
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

  /** Takes a line that the agent said. */
  private heard(words: readonly string[]): void {
    const [kind = '', first = ''] = words;
    if (kind === 'v' && first !== 'end') return this.#waiting.get('v')?.(words.slice(1));
    const key = kind === 'h' || kind === 'b' ? first : `${kind} ${first}`;
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

  async #asked(key: string, order: string, each: (words: readonly string[]) => void): Promise<void> {
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
