import type { Data } from '../model/data.ts';
import type { Ask } from '../transport/run-scope.ts';

/** A task that is about to begin, as `--step` asks about it. */
export interface TaskQuestion {
  readonly task: string;
  readonly region: string;
  readonly nodes: readonly string[];
}

/** A task at which its `debugger` stops. */
export interface DebugStop {
  readonly task: string;
  readonly region: string;
  readonly node: string;
  readonly status: string;
  readonly message: string | undefined;
  /** What `register` would keep; undefined: hidden because of no_log. */
  readonly result: Data | undefined;
  /** A variable as the task sees it. Throws as templates do. */
  variable(name: string): Data | undefined;
}

/** Who steers a run from outside; each question is asked when the one before it is answered. */
export interface Steersman {
  /** `--step`; undefined: nobody is asked. */
  readonly confirm?: ((task: TaskQuestion) => Promise<'yes' | 'no' | 'continue'>) | undefined;
  /** undefined: `debugger` stops nowhere. */
  readonly debug?: ((stop: DebugStop) => Promise<'redo' | 'continue'>) | undefined;
  /** What a task asks (pause); undefined: nobody is there. */
  readonly ask?: Ask | undefined;
}

/** Asks whoever steers the run, one question at a time; once it is interrupted nothing is asked any more. */
export class Steering {
  readonly #steersman: Steersman;
  readonly #signal: AbortSignal;
  #continuing = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(steersman: Steersman, signal: AbortSignal) {
    this.#steersman = steersman;
    this.#signal = signal;
  }

  /** Whether `--step` asks before each task. */
  get steps(): boolean {
    return this.#steersman.confirm !== undefined && !this.#continuing;
  }

  /** Whether anyone is asked where a task's `debugger` stops. */
  get debugs(): boolean {
    return this.#steersman.debug !== undefined;
  }

  /** Whether the task is to be done. */
  wanted(question: TaskQuestion): Promise<boolean> {
    return this.#inTurn(async () => {
      if (this.#continuing || this.#signal.aborted) return true;
      const answer = await this.#steersman.confirm?.(question);
      this.#continuing = answer === 'continue';
      return answer !== 'no';
    });
  }

  /** Whether the task is to be done again. */
  again(stop: DebugStop): Promise<boolean> {
    return this.#inTurn(async () => {
      if (this.#signal.aborted) return false;
      return (await this.#steersman.debug?.(stop)) === 'redo' && !this.#signal.aborted;
    });
  }

  /** Asks what a task wants to know; undefined: nobody is there. */
  get ask(): Ask | undefined {
    const { ask } = this.#steersman;
    return ask && ((question, how) => this.#inTurn(() => ask(question, how)));
  }

  #inTurn<T>(ask: () => Promise<T>): Promise<T> {
    const answer = this.#turn.then(ask);
    this.#turn = answer.catch(() => undefined);
    return answer;
  }
}
