import { posix } from 'node:path';
import * as z from 'zod';
import { sh } from '../../transport/command.ts';
import type { NodeReader, NodeWriter } from '../../transport/node.ts';
import type { FoundFile } from '../content.ts';
import { putContent } from '../content.ts';
import type { Check } from '../define.ts';
import { defineModule, ModuleError } from '../define.ts';
import { makeBackup } from '../replace.ts';
import { runStep } from '../steps.ts';
import { checkEdit } from '../text-file.ts';
import type { CronArgs } from './args.ts';
import { cronArgs } from './args.ts';
import type { UserCrontab } from './crontab.ts';
import { crontabChange, readCrontab, writeCrontab } from './crontab.ts';
import { editedCrontab, namesIn } from './edit.ts';

const returns = z.strictObject({
  jobs: z.array(z.string()).describe('Names of all entries that have one.'),
  envs: z.array(z.string()).describe('Names of all environment variables.'),
  cron_file: z.string().optional().describe('Path of the file, where one was named.'),
  backup_file: z.string().optional().describe('File on the node with the crontab as it was.'),
});

type Result = z.output<typeof returns>;

/** A file in /etc/cron.d as it is to be; `remove`: nothing is left in it. */
interface CronFile {
  readonly kind: 'file';
  readonly path: string;
  readonly file: FoundFile | undefined;
  readonly remove: boolean;
  readonly after: string;
}

type State = UserCrontab | CronFile;

/** Entries of crontabs. */
export const module = defineModule({
  name: 'cron',
  summary: 'An entry or a variable in a crontab, there or not',
  args: cronArgs,
  returns,
  inOrder: true,
  notes: [
    'An entry is known by the comment "#Ansible: NAME" above it, which is Ansible’s own: its entries are found again. ' +
      'A file of cron_file that has nothing left is removed.',
    'A % in a job means a new line to cron: write \\% for the sign itself.',
  ],
  examples: `- cron: { name: purge logs, minute: 10, hour: 3, job: /usr/local/bin/purge-logs }

- cron: { name: heartbeat, special_time: hourly, user: oms, cron_file: oms, job: /usr/local/bin/beat }

- cron: { name: MAILTO, env: true, job: ops@example.com }
`,
  async check(node, given): Promise<Check<Result, State>> {
    refuseNonsense(given);
    return given.cron_file === undefined ? checkUser(node, given) : checkFile(node, given, given.cron_file);
  },
  async apply(node, given, { state }: { readonly state?: State }) {
    if (state === undefined) throw new Error('cron: apply without what check found');
    if (state.kind === 'file') return applyFile(node, given, state);
    const backup = await writeCrontab(node, state, given.backup);
    return { ...namesIn(state.after), ...(backup === undefined ? {} : { backup_file: backup }) };
  },
});

async function checkUser(node: NodeReader, given: CronArgs): Promise<Check<Result, State>> {
  const before = await readCrontab(node, given.user);
  const after = editedCrontab(before, given);
  const state: State = { kind: 'user', user: given.user, before, after };
  if (before === after) return { changes: [], result: namesIn(before), state };
  return { changes: [crontabChange(state, words(before, given))], result: namesIn(before), state };
}

async function checkFile(node: NodeReader, given: CronArgs, file: string): Promise<Check<Result, State>> {
  const path = posix.resolve('/etc/cron.d', file);
  let [before, after] = ['', ''];
  const edit = (text: string): string => {
    before = text;
    after = editedCrontab(text, given);
    return after;
  };
  const found = await checkEdit(node, {
    path,
    missing: given.state === 'absent' ? 'fine' : 'make',
    edit,
    // cron takes no file that others may write to.
    ...(given.state === 'present' ? { mode: '0644' } : {}),
    ...{ backup: given.backup, in_place: false },
  });
  const result = { ...namesIn(before), cron_file: path };
  if (found.changes.length === 0) return { changes: [], result };
  const remove = after.trim() === '';
  const diff = { kind: 'text', path, before, after } as const;
  const changes = remove ? [{ subject: path, summary: 'file → absent', diff }] : found.changes;
  return { changes, result, state: { kind: 'file', path, file: found.state, remove, after } };
}

async function applyFile(node: NodeWriter, given: CronArgs, state: CronFile): Promise<Result> {
  const { path, file, remove, after } = state;
  if (!remove && file !== undefined) {
    const { backup_file } = await putContent(node, file);
    return { ...namesIn(after), cron_file: path, ...(backup_file === undefined ? {} : { backup_file }) };
  }
  const backup = given.backup ? await makeBackup(node, path) : undefined;
  await runStep(node, { command: sh`rm -f -- ${path}`, failure: `could not remove ${path}` });
  return { jobs: [], envs: [], cron_file: path, ...(backup === undefined ? {} : { backup_file: backup }) };
}

function words(before: string, { name, env, state }: CronArgs): string {
  const what = env ? 'variable' : 'entry';
  const names = namesIn(before);
  const there = (env ? names.envs : names.jobs).includes(name);
  if (state === 'absent') return `${what} "${name}" → absent`;
  return there ? `${what} "${name}" changed` : `${what} "${name}" absent → present`;
}

function refuseNonsense(given: CronArgs): void {
  const { minute, hour, day, dom, month, weekday, dow, special_time } = given;
  const fields = [minute, hour, day, dom, month, weekday, dow];
  const wrong: readonly (readonly [boolean, string, string])[] = [
    [
      given.job !== undefined && given.value !== undefined,
      'job and value mean the same',
      'Give one of them.',
    ],
    [day !== undefined && dom !== undefined, 'day and dom mean the same', 'Give one of them.'],
    [weekday !== undefined && dow !== undefined, 'weekday and dow mean the same', 'Give one of them.'],
    [
      special_time !== undefined && fields.some((field) => field !== undefined),
      'both special_time and fields of the time are given',
      'Give either a name, as in special_time: daily, or minute, hour, day, month, weekday.',
    ],
    [
      given.state === 'present' && (given.job ?? given.value) === undefined,
      'job is missing',
      'state present needs the command, or with env the value.',
    ],
    [
      given.cron_file !== undefined && given.user === undefined && given.state === 'present' && !given.env,
      'cron_file needs user',
      'Entries in /etc/cron.d say who they run as.',
    ],
    [
      given.insertafter !== undefined && given.insertbefore !== undefined,
      'both insertafter and insertbefore are given',
      'Give one of them.',
    ],
    [
      !given.env && (given.insertafter ?? given.insertbefore) !== undefined,
      'insertafter and insertbefore go with env: true only',
      'Entries of jobs are added at the end.',
    ],
    [
      given.env && !/^[A-Za-z_]\w*$/.test(given.name),
      `not a name of a variable: ${given.name}`,
      'Letters, digits and _, not a digit first.',
    ],
  ];
  const found = wrong.find(([isWrong]) => isWrong);
  if (found !== undefined) throw new ModuleError({ message: found[1], hint: found[2] });
}
