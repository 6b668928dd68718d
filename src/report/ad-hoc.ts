import type { Reporter, RunEvent, RunFinished, TaskFinished } from '../events/event.ts';
import { isDataMap, type Data, type DataMap } from '../model/data.ts';
import { BELOW, drawOutput, drawPassing, drawResult, type Layout } from './node-lines.ts';
import { createOutputLines } from './output.ts';
import { createProgressFilter, progressWords } from './progress.ts';
import { columns, createPalette, duration, oneLine, printable } from './screen.ts';
import type { PlainOptions } from './plain.ts';

/** Fields of a result that say nothing beside the status. */
const FLAGS: readonly string[] = ['changed', 'failed', 'skipped'];

/** What the nodes say to one task, as it comes: their output with their names, then what came of it. */
export function createAdHocReporter(options: PlainOptions): Reporter {
  const printer = new AdHocPrinter(options);
  return { name: 'ad-hoc', handle: (event) => printer.handle(event) };
}

class AdHocPrinter {
  readonly #write: (text: string) => void;
  readonly #output = createOutputLines();
  readonly #wantsProgress = createProgressFilter();
  #layout: Layout;

  constructor({ write, color, width, verbosity }: PlainOptions) {
    this.#write = write;
    const limit = width > 0 ? width : Number.POSITIVE_INFINITY;
    this.#layout = { palette: createPalette(color), width: limit, nodeWidth: 0, verbosity };
  }

  handle(event: RunEvent): void {
    if (event.type === 'play-started') return this.#play(event);
    if (event.type === 'task-output') return this.#lines(event, this.#output.take(event));
    if (event.type === 'task-output-file')
      return this.#passing(event, `${event.stream} is large; all of it goes to ${oneLine(event.file)}`);
    if (event.type === 'task-progress' && this.#wantsProgress(event))
      return this.#passing(event, `${oneLine(event.label)}  ${progressWords(event)}`);
    if (event.type === 'task-finished') return this.#finished(event);
    if (event.type === 'warning') return this.#print(this.#layout.palette.warning(warningWords(event)));
    if (event.type === 'run-finished') this.#closing(event);
  }

  #play({ regions }: Extract<RunEvent, { type: 'play-started' }>): void {
    const names = regions.flatMap((region) => region.nodes);
    this.#layout = {
      ...this.#layout,
      nodeWidth: Math.max(0, ...names.map((name) => columns(oneLine(name)))),
    };
  }

  #passing(event: Extract<RunEvent, { type: 'task-output-file' | 'task-progress' }>, words: string): void {
    this.#print(drawPassing('…', event, words, this.#layout));
  }

  #finished(event: TaskFinished): void {
    this.#lines(event, this.#output.rest(event.task, event.node));
    const { failure, result } = event;
    const layout = { ...this.#layout, verbosity: 0 };
    const [first = '', ...others] = drawResult({ ...event, changes: shownChanges(event) }, layout);
    const code = rcOf(result);
    this.#print(code === undefined || failure !== undefined ? first : `${first}   rc=${code}`);
    for (const line of others) this.#print(line);
    if (failure?.hint !== undefined) this.#print(`${BELOW}${printable(failure.hint)}`);
    if (this.#layout.verbosity === 0 && (isCommand(result) || failure !== undefined)) return;
    for (const line of jsonLines(result)) this.#print(this.#layout.palette.dim(BELOW + printable(line)));
  }

  #lines(
    event: { readonly task: number; readonly node: string; readonly region: string },
    lines: readonly string[],
  ): void {
    for (const line of lines) this.#print(drawOutput(line, event, this.#layout));
  }

  #closing({ recap, durationMs, interrupted }: RunFinished): void {
    if (recap.length < 2) return;
    const names = ['ok', 'changed', 'unknown', 'skipped', 'failed', 'unreachable'] as const;
    const count = (name: (typeof names)[number]): number =>
      recap.filter((row) => row[name] > 0 && !(name === 'ok' && row.changed > 0)).length;
    const counts = names.map((name) => [name, count(name)] as const).filter(([, many]) => many > 0);
    const words = counts.map(([name, many]) => `${many} ${name}`).join(', ');
    const start = interrupted ? 'Interrupted after' : 'Finished in';
    this.#print(`${start} ${duration(durationMs)}: ${words === '' ? 'nothing was done' : words}`);
  }

  #print(line: string): void {
    this.#write(`${line}\n`);
  }
}

/** As Ansible's one-line form: a node's answer in one line, however long. */
export function createOneLineReporter({ write, color }: PlainOptions): Reporter {
  const palette = createPalette(color);
  const handle = (event: RunEvent): void => {
    if (event.type === 'warning') write(`${palette.warning(warningWords(event))}\n`);
    if (event.type !== 'task-finished') return;
    const paint = palette.status[event.status];
    write(`${oneLine(event.node)} | ${paint(event.status.toUpperCase())} ${answerOf(event)}\n`);
  };
  return { name: 'one-line', handle };
}

function answerOf({ result, failure, reason }: TaskFinished): string {
  if (isCommand(result)) {
    const { rc, stdout, stderr } = result;
    const errors = stderr === '' ? '' : ` (stderr) ${escaped(stderr)}`;
    return `| rc=${JSON.stringify(rc)} | (stdout) ${escaped(stdout)}${errors}`;
  }
  if (failure !== undefined) return `| ${escaped(failure.message)}`;
  if (reason !== undefined) return `| ${escaped(reason)}`;
  return `=> ${JSON.stringify(isDataMap(result) ? result : {})}`;
}

function escaped(value: Data | undefined): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return printable(text.replaceAll('\\', '\\\\').replaceAll('\r', '\\r').replaceAll('\n', '\\n'));
}

/** Output was shown as it came: to name the command again says nothing. */
function shownChanges({ changes, result }: TaskFinished): TaskFinished['changes'] {
  return isCommand(result) ? [] : changes;
}

function isCommand(result: Data | undefined): result is DataMap {
  return isDataMap(result) && 'rc' in result && typeof result['stdout'] === 'string' && 'stderr' in result;
}

function rcOf(result: Data | undefined): number | undefined {
  return isCommand(result) && typeof result['rc'] === 'number' ? result['rc'] : undefined;
}

function jsonLines(result: Data | undefined): readonly string[] {
  if (!isDataMap(result)) return [];
  const told = Object.fromEntries(Object.entries(result).filter(([name]) => !FLAGS.includes(name)));
  return Object.keys(told).length === 0 ? [] : JSON.stringify(told, null, 2).split('\n');
}

function warningWords({ message, node }: Extract<RunEvent, { type: 'warning' }>): string {
  return `WARNING ${node === undefined ? '' : `${oneLine(node)}: `}${oneLine(message)}`;
}
