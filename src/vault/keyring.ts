import type { Masker } from '../model/masker.ts';
import { isProgram, readKeys, type KeyIo, type KeySource } from './key-source.ts';
import { VaultKeyError, type VaultKey } from './key.ts';

/** The keys of one command, read once; programs run and questions are asked only when something encrypted is met. */
export class Keyring {
  readonly #sources: readonly KeySource[];
  readonly #io: KeyIo;
  readonly #masker: Pick<Masker, 'add'>;
  readonly #read = new Map<KeySource, readonly VaultKey[]>();
  readonly #problems = new Map<KeySource, string>();

  constructor(sources: readonly KeySource[], io: KeyIo, masker: Pick<Masker, 'add'>) {
    this.#sources = sources;
    this.#io = io;
    this.#masker = masker;
  }

  /** True when the user gave no key at all. */
  get isEmpty(): boolean {
    return this.#sources.length === 0;
  }

  /** What is wrong with the sources that were read, in words for the user. */
  get problems(): readonly string[] {
    return [...this.#problems.values()];
  }

  /** Reads the files, so that a wrong path is told even where nothing is encrypted. */
  async readFiles(): Promise<void> {
    for (const source of this.#sources) {
      if (source.path !== undefined && !isProgram(source, this.#io.cwd)) await this.#keysOf(source);
    }
  }

  /** All keys, in the order in which they were given. */
  async keys(): Promise<readonly VaultKey[]> {
    const keys: VaultKey[] = [];
    for (const source of this.#sources) keys.push(...(await this.#keysOf(source)));
    return keys;
  }

  async #keysOf(source: KeySource): Promise<readonly VaultKey[]> {
    const known = this.#read.get(source);
    if (known !== undefined) return known;
    const keys = await this.#tryReading(source);
    for (const { secret } of keys) this.#masker.add(secret.reveal());
    this.#read.set(source, keys);
    return keys;
  }

  async #tryReading(source: KeySource): Promise<readonly VaultKey[]> {
    try {
      return await readKeys(source, this.#io);
    } catch (error) {
      if (!(error instanceof VaultKeyError)) throw error;
      this.#problems.set(source, error.message);
      return [];
    }
  }
}
