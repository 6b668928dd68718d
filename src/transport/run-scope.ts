/** Asks whoever watches the run, and gives the answer. What is typed is seen where `echo` says so. */
export type Ask = (question: string, how: { readonly echo: boolean }) => Promise<string>;

/** A run as the modules see it: an identity that shared work hangs on, and its end. */
export interface RunScope {
  /** Aborted: the run is interrupted, nothing new is begun. */
  readonly signal: AbortSignal;
  /** Has `cleanup` called when the run ends, however it ends, while its nodes can still be reached. */
  onEnd(cleanup: () => Promise<void>): void;
  /** Tells the reader of the run what went another way than it should have. */
  warn(message: string, node?: string): void;
  /** What is in a file of the controller's that is encrypted; undefined: it is not. */
  decrypted(path: string): Promise<Buffer | undefined>;
  /** undefined: nobody can be asked. */
  readonly ask: Ask | undefined;
}

/** A scope together with what ends it. */
export interface OwnedScope {
  readonly scope: RunScope;
  /** Runs all cleanups, the youngest first; one that fails keeps none of the others from running. */
  end(): Promise<void>;
}

export interface ScopeOptions {
  readonly signal?: AbortSignal | undefined;
  readonly warn?: ((message: string, node?: string) => void) | undefined;
  /** undefined: no file is taken for encrypted. */
  readonly decrypted?: ((path: string) => Promise<Buffer | undefined>) | undefined;
  readonly ask?: Ask | undefined;
}

/** A new run's scope. */
export function createRunScope(options: ScopeOptions = {}): OwnedScope {
  const cleanups: (() => Promise<void>)[] = [];
  return {
    scope: {
      signal: options.signal ?? new AbortController().signal,
      onEnd: (cleanup) => void cleanups.push(cleanup),
      warn: (message, node) => options.warn?.(message, node),
      decrypted: async (path) => options.decrypted?.(path),
      ask: options.ask,
    },
    async end() {
      for (let next = cleanups.pop(); next !== undefined; next = cleanups.pop()) {
        await next().catch(() => undefined);
      }
    },
  };
}
