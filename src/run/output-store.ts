/** Where the outputs of commands go that are too large for memory. */
export interface OutputStore {
  /** Of each stream of a command so many bytes stay in its result. */
  readonly keepBytes: number;
  /** A new file on the controller, which only the user can read. Throws when there can be none. */
  open(source: OutputSource): OutputFile;
}

/** What an output file is named by. */
export interface OutputSource {
  readonly node: string;
  /** The task's number in the plan. */
  readonly task: number;
  readonly stream: 'stdout' | 'stderr';
}

export interface OutputFile {
  readonly path: string;
  /** Throws when the disk is full. */
  write(text: string): void;
  close(): void;
  /** Gives it up: the file is gone. */
  discard(): void;
}
