import type { Reporter, RunEvent, RunFinished, TaskFinished, TaskRef } from '../events/event.ts';
import { drawFailure, drawRecap, drawUnknown, taskTitle } from './closing.ts';
import { drawStatistics } from './statistics.ts';
import { BELOW, drawOutput, drawPassing, drawResult } from './node-lines.ts';
import type { Layout } from './node-lines.ts';
import { createOutputLines } from './output.ts';
import { createProgressFilter, progressWords } from './progress.ts';
import { columns, createPalette, cut, duration, oneLine, pad, printable } from './screen.ts';

const TITLE_WIDTH = 60;

export interface PlainOptions {
  readonly write: (text: string) => void;
  readonly color: boolean;
  /** Columns that a line may have; 0 for no limit. */
  readonly width: number;
  /** How often `-v` was given. */
  readonly verbosity: number;
}

type Kind<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>;

/** The human form: one line per node and task, then all failures, what stayed unknown, and the recap. */
export function createPlainReporter(options: PlainOptions): Reporter {
  const printer = new PlainPrinter(options);
  return { name: 'plain', handle: (event) => printer.handle(event) };
}

const keyOf = ({ task, node }: TaskFinished): string => JSON.stringify([task, node]);

class PlainPrinter {
  readonly #write: (text: string) => void;
  readonly #tasks = new Map<number, { readonly ref: TaskRef; readonly handler: boolean }>();
  readonly #looped = new Set<string>();
  readonly #failures: TaskFinished[] = [];
  readonly #unknown: TaskFinished[] = [];
  readonly #output = createOutputLines();
  readonly #wantsProgress = createProgressFilter();
  readonly #regions = new Set<string>();
  #layout: Layout;
  #check = false;
  #header = '';
  #empty = true;

  constructor({ write, color, width, verbosity }: PlainOptions) {
    this.#write = write;
    const limit = width > 0 ? width : Number.POSITIVE_INFINITY;
    this.#layout = { palette: createPalette(color), width: limit, nodeWidth: 0, verbosity };
  }

  handle(event: RunEvent): void {
    switch (event.type) {
      case 'run-started':
        this.#check = event.check;
        return;
      case 'play-started':
        return this.#play(event);
      case 'region-started':
        return this.#region(event);
      case 'batch-started':
        return this.#batch(event);
      case 'task-started':
        this.#tasks.set(event.task, { ref: event, handler: event.handler });
        return this.#taskHeader(event.task, event.region);
      case 'task-finished':
        return this.#finished(event);
      case 'region-finished':
        return this.#regionEnd(event);
      case 'play-steered':
        return this.#steered(event);
      case 'warning':
        return this.#warning(event);
      case 'run-finished':
        return this.#closing(event);
      case 'play-finished':
      case 'node-profile':
        return;
      case 'task-output':
      case 'task-output-file':
      case 'task-progress':
      case 'task-retry':
      case 'node-connected':
      case 'handler-notified':
      case 'node-task-started':
        return this.#passing(event);
    }
  }

  /** Events that only some readers want to see. */
  #passing(
    event: Kind<
      | 'task-output'
      | 'task-output-file'
      | 'task-progress'
      | 'task-retry'
      | 'node-connected'
      | 'handler-notified'
      | 'node-task-started'
    >,
  ): void {
    switch (event.type) {
      case 'task-output':
        if (this.#layout.verbosity >= 1) this.#outputLines(event, this.#output.take(event));
        return;
      case 'task-output-file': {
        this.#taskHeader(event.task, event.region);
        const words = `${event.stream} is large; all of it goes to ${oneLine(event.file)}`;
        return this.#print(drawPassing('…', event, words, this.#layout));
      }
      case 'task-progress':
        if (!this.#wantsProgress(event)) return;
        this.#taskHeader(event.task, event.region);
        return this.#print(
          drawPassing('…', event, `${oneLine(event.label)}  ${progressWords(event)}`, this.#layout),
        );
      case 'task-retry': {
        this.#taskHeader(event.task, event.region);
        const words = `attempt ${event.attempt} of ${event.retries}: ${oneLine(event.reason)}`;
        return this.#print(drawPassing('retry', event, words, this.#layout));
      }
      case 'node-connected':
        return this.#detail(event, 'connected', `in ${duration(event.durationMs)}`);
      case 'handler-notified':
        return this.#detail(event, 'notified', oneLine(event.handler));
      case 'node-task-started':
        return;
    }
  }

  #play(event: Kind<'play-started'>): void {
    const names = event.regions.flatMap((region) => region.nodes);
    const nodeWidth = Math.max(0, ...names.map((name) => columns(oneLine(name))));
    this.#layout = { ...this.#layout, nodeWidth };
    this.#regions.clear();
    const title = `PLAY ${oneLine(event.play)}`;
    if (!this.#empty) this.#print('');
    this.#heading(event.check ? `${pad(title, TITLE_WIDTH - 1)} check mode` : title);
  }

  #region({ region, nodes, parallel }: Kind<'region-started'>): void {
    this.#regions.add(region);
    const count = `${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'}`;
    this.#heading(`REGION ${oneLine(region)}  (${count}, ${parallel} at once)`);
  }

  #batch({ region, batch, batches, nodes }: Kind<'batch-started'>): void {
    this.#heading(`BATCH ${this.#where(region)}${batch} of ${batches}  (${nodes.map(oneLine).join(', ')})`);
  }

  #steered({ action, region, nodes }: Kind<'play-steered'>): void {
    this.#heading(`META ${this.#where(region)}${oneLine(action)}  (${nodes.map(oneLine).join(', ')})`);
  }

  #regionEnd({ region, stopped }: Kind<'region-finished'>): void {
    if (stopped !== undefined) this.#heading(`REGION ${oneLine(region)}  stopped: ${oneLine(stopped)}`);
    this.#regions.delete(region);
  }

  /** Regions and nodes interleave: the header comes again whenever the line below it would be another task's. */
  #taskHeader(task: number, region: string): void {
    const known = this.#tasks.get(task);
    const key = `${task} ${region} ${known?.ref.within?.join('\n') ?? ''}`;
    if (!known || this.#header === key) return;
    this.#heading(`${known.handler ? 'HANDLER' : 'TASK'} ${this.#where(region)}${taskTitle(known.ref)}`);
    this.#header = key;
  }

  #where(region: string): string {
    return this.#regions.size > 1 ? `[${oneLine(region)}] ` : '';
  }

  #finished(event: TaskFinished): void {
    this.#tasks.set(event.task, { ref: event, handler: event.handler });
    this.#outputLines(event, this.#output.rest(event.task, event.node));
    const isItem = event.item !== undefined;
    if (isItem) this.#looped.add(keyOf(event));
    const summary = !isItem && this.#looped.size > 0 && this.#looped.delete(keyOf(event));
    const list = this.#listFor(event.status);
    const same = (other: TaskFinished): boolean => other.task === event.task && other.node === event.node;
    // A loop's own event repeats what its items have said.
    if (summary && (!list || list.some(same))) return;
    list?.push(shortened(event));
    this.#taskHeader(event.task, event.region);
    for (const line of drawResult(event, this.#layout)) this.#print(line);
  }

  #listFor(status: TaskFinished['status']): TaskFinished[] | undefined {
    if (status === 'failed' || status === 'unreachable') return this.#failures;
    return status === 'unknown' ? this.#unknown : undefined;
  }

  #outputLines(event: Kind<'task-output'> | TaskFinished, lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#taskHeader(event.task, event.region);
    for (const line of lines) this.#print(drawOutput(line, event, this.#layout));
  }

  #detail({ node }: { readonly node: string }, word: string, text: string): void {
    if (this.#layout.verbosity < 2) return;
    this.#print(drawPassing(word, { node, task: 0, region: '' }, text, this.#layout));
  }

  #warning({ message, node }: Kind<'warning'>): void {
    const [first = '', ...others] = printable(message).trimEnd().split('\n');
    const where = node === undefined ? '' : `${oneLine(node)}: `;
    const lines = [`WARNING ${where}${first}`, ...others.map((line) => BELOW + line)];
    for (const line of lines) this.#print(this.#layout.palette.warning(line));
  }

  #closing(event: RunFinished): void {
    const { palette, width } = this.#layout;
    this.#section(
      palette.bad('FAILURES'),
      this.#failures.flatMap((each) => drawFailure(each, palette)),
    );
    if (this.#check) this.#section(palette.heading('UNKNOWN'), drawUnknown(this.#unknown, width));
    this.#section(palette.heading('STATS'), drawStatistics(event.stats));
    this.#section(palette.heading('RECAP'), drawRecap(event.recap, this.#check, palette));
    this.#print(`${event.interrupted ? 'Interrupted after' : 'Finished in'} ${duration(event.durationMs)}`);
  }

  #section(title: string, lines: readonly string[]): void {
    if (lines.length === 0) return;
    if (!this.#empty) this.#print('');
    for (const line of [title, ...lines]) this.#print(line);
  }

  #heading(text: string): void {
    this.#header = '';
    this.#print(this.#layout.palette.heading(cut(text, this.#layout.width)));
  }

  #print(line: string): void {
    this.#empty = false;
    this.#write(`${line}\n`);
  }
}

/** What the closing needs of an event: with their results and diffs, those of a thousand nodes would fill memory. */
function shortened({ result: _, ...event }: TaskFinished): TaskFinished {
  return { ...event, changes: [] };
}
