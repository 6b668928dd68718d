/** A stream of text that the commands write to. */
export interface Sink {
  write(text: string): void;
  /** True on a terminal: colours and line widths make sense. */
  readonly isTerminal: boolean;
  readonly columns: number | undefined;
}

/** Everything a command has of the outside, so that a test can stand in for it. */
export interface Io {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Asks on the terminal, typed text unseen. Throws {@link NoTerminalError}, {@link InterruptedError}. */
  askSecret(question: string): Promise<string>;
  /** Asks on the terminal, typed text seen; undefined: there is no terminal. Throws {@link InterruptedError}. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  /** Calls back on Ctrl-C, SIGTERM, and when the reader of stdout is gone; gives the way to stop listening. */
  onInterrupt(listener: (cause: InterruptCause) => void): () => void;
  /** Leaves the program at once. */
  exit(code: number): void;
}

export type InterruptCause = 'signal' | 'stdout-closed';

/** There is no terminal to ask on. */
export class NoTerminalError extends Error {}

/** The user pressed Ctrl-C at a question. */
export class InterruptedError extends Error {}

/** Whether output may have colours: NO_COLOR and FORCE_COLOR are honoured, else only a terminal gets them. */
export function wantsColor(sink: Sink, env: Io['env']): boolean {
  if (isSet(env['NO_COLOR'])) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return sink.isTerminal && env['TERM'] !== 'dumb';
}

/** Columns of the terminal; 0 (no limit) where there is none: what goes to a file is never cut. */
export function widthOf(sink: Sink): number {
  return sink.isTerminal && sink.columns !== undefined && sink.columns > 0 ? sink.columns : 0;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
