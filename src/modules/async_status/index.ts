import * as z from 'zod';
import { defineModule, ModuleError } from '../define.ts';
import { isJobId, lookAtJob, readJob, removeJobCommand, type JobState } from '../../transport/job.ts';
import type { NodeReader } from '../../transport/node.ts';

const args = z.strictObject({
  jid: z
    .string()
    .refine(isJobId, 'must be the ansible_job_id that a task with poll: 0 registered')
    .describe('The `ansible_job_id` of the task that started the job.'),
  mode: z
    .enum(['status', 'cleanup'])
    .default('status')
    .describe('`cleanup` removes what is left of the job, and ends it when it still runs.'),
});

const returns = z.strictObject({
  ansible_job_id: z.string().describe('The job.'),
  started: z.boolean().describe('It was started.'),
  finished: z.boolean().describe('It has ended: wait for it with `until`.'),
  rc: z.int().optional().describe('Exit code, once it has ended.'),
  stdout: z.string().optional().describe('Standard output so far.'),
  stderr: z.string().optional().describe('Standard error so far.'),
  stdout_lines: z.array(z.string()).optional().describe('Standard output as lines.'),
  stderr_lines: z.array(z.string()).optional().describe('Standard error as lines.'),
  erased: z.boolean().optional().describe('With cleanup: it is removed.'),
});

type Status = z.output<typeof returns>;

/** Where a job stands that `async` with `poll: 0` has started. */
export const module = defineModule({
  name: 'async_status',
  summary: 'Look at a command that was started with async and poll: 0',
  args,
  returns,
  waits: true,
  notes: [
    'It looks as the user that it runs as: become the same one as the task that started the job.',
    'A job that ended with another exit code than 0 fails the task; so does one that was ended since its `async` seconds were over.',
    'What is left of a job stays on the node until cleanup, or for a week.',
  ],
  examples: `- name: Start the long work
  command: /opt/work/long
  async: 3600
  poll: 0
  register: job

- name: Wait for it
  async_status:
    jid: "{{job.ansible_job_id}}"
  register: result
  until: result.finished
  retries: 60
  delay: 60

- name: Leave nothing behind
  async_status:
    jid: "{{job.ansible_job_id}}"
    mode: cleanup
`,
  check: async (node, { jid, mode }) => {
    const state = await lookAtJob(node, jid);
    if (mode === 'status') return { changes: [], result: await statusOf(node, jid, state) };
    const result = { ansible_job_id: jid, started: true, finished: state.kind !== 'running', erased: true };
    if (state.kind === 'unknown') return { changes: [], result };
    const summary = state.kind === 'running' ? 'running → ended and removed' : 'removed';
    return { changes: [{ subject: `job ${jid}`, summary }], result };
  },
  apply: async (node, { jid }, { result }) => {
    await node.run(removeJobCommand(jid), { brief: 'script' });
    return { ...result, finished: true };
  },
});

async function statusOf(node: NodeReader, jid: string, state: JobState): Promise<Status> {
  if (state.kind === 'unknown') {
    throw new ModuleError({
      message: `there is no job ${jid} of this user on ${node.name}`,
      hint: 'Become the same user as the task that started it; after a cleanup or a week it is gone.',
    });
  }
  const { stdout, stderr } = await readJob(node, jid);
  const output = { stdout: textOf(stdout), stderr: textOf(stderr) };
  const lines = { stdout_lines: linesOf(output.stdout), stderr_lines: linesOf(output.stderr) };
  const status = {
    ansible_job_id: jid,
    started: true,
    finished: state.kind !== 'running',
    ...output,
    ...lines,
  };
  if (state.kind === 'running') return status;
  if (state.kind === 'lost') {
    const message = 'the job ended without an exit code: it was killed, or the node was started anew';
    throw new ModuleError({ message, ...output }, status);
  }
  const { exitCode, late } = state;
  if (exitCode === 0 && !late) return { ...status, rc: exitCode };
  const message = late
    ? 'the job was not through within its async seconds; its processes were ended'
    : `the job ended with exit code ${exitCode}`;
  throw new ModuleError({ message, exitCode, ...output }, { ...status, rc: exitCode });
}

function textOf(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/[\r\n]+$/, '');
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/\r?\n/);
}
