import { ModuleError } from '../define.ts';
import type { CronArgs } from './args.ts';

/** Ansible's own mark, so that its entries are found again. */
const MARK = '#Ansible: ';

/** The crontab with the entry, or without it. */
export function editedCrontab(text: string, args: CronArgs): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const after = args.env ? withVariable(lines, args) : withJob(lines, args);
  if (after.length === lines.length && after.every((line, i) => line === lines[i])) return text;
  return after.length === 0 ? '' : `${after.join('\n')}\n`;
}

/** Names of the entries and of the variables. */
export function namesIn(text: string): { readonly jobs: string[]; readonly envs: string[] } {
  const lines = text.split('\n');
  return {
    jobs: lines.flatMap((line) => (line.startsWith(MARK) ? [line.slice(MARK.length)] : [])),
    envs: lines.flatMap((line) => variableOf(line) ?? []),
  };
}

function withJob(lines: readonly string[], args: CronArgs): readonly string[] {
  const at = lines.findIndex((line) => line === MARK + args.name);
  if (args.state === 'absent') return at === -1 ? lines : lines.toSpliced(at, entrySize(lines, at));
  const entry = [MARK + args.name, jobLine(args)];
  return at === -1 ? [...lines, ...entry] : lines.toSpliced(at, entrySize(lines, at), ...entry);
}

/** A mark at the end, or right before another one, has lost its line. */
function entrySize(lines: readonly string[], at: number): number {
  const next = lines[at + 1];
  return next === undefined || next.startsWith(MARK) ? 1 : 2;
}

function jobLine(args: CronArgs): string {
  const { minute = '*', hour = '*', month = '*', special_time, user, cron_file } = args;
  const fields = [minute, hour, args.day ?? args.dom ?? '*', month, args.weekday ?? args.dow ?? '*'];
  const when = special_time === undefined ? fields.join(' ') : `@${special_time}`;
  const who = cron_file === undefined ? [] : [user ?? ''];
  return `${args.disabled ? '#' : ''}${[when, ...who, args.job ?? args.value ?? ''].join(' ')}`;
}

function withVariable(lines: readonly string[], args: CronArgs): readonly string[] {
  const at = lines.findIndex((line) => variableOf(line) === args.name);
  if (args.state === 'absent') return at === -1 ? lines : lines.toSpliced(at, 1);
  const line = `${args.name}="${args.job ?? args.value ?? ''}"`;
  if (at !== -1) return lines.with(at, line);
  return lines.toSpliced(placeOf(lines, args), 0, line);
}

function placeOf(lines: readonly string[], { insertafter, insertbefore }: CronArgs): number {
  const neighbour = insertafter ?? insertbefore;
  if (neighbour === undefined) return 0;
  const at = lines.findIndex((line) => variableOf(line) === neighbour);
  if (at === -1) {
    throw new ModuleError({
      message: `there is no variable ${neighbour} in the crontab`,
      hint: 'insertafter and insertbefore name a variable that is there.',
    });
  }
  return insertafter === undefined ? at : at + 1;
}

function variableOf(line: string): string | undefined {
  return /^\s*([A-Za-z_]\w*)\s*=/.exec(line)?.[1];
}
