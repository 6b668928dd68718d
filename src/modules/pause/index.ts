import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import type { RunScope } from '../../transport/run-scope.ts';
import { defineModule, ModuleError } from '../define.ts';

const args = z.strictObject({
  seconds: z.number().positive().optional().describe('Seconds to wait.'),
  minutes: z.number().positive().optional().describe('Minutes to wait.'),
  prompt: z
    .string()
    .optional()
    .describe('What is asked; with seconds or minutes only said. Without any of the three: to press Enter.'),
  echo: z.boolean().default(true).describe('Whether the answer is seen while it is typed, and later.'),
});

type Args = z.output<typeof args>;

const returns = z.strictObject({
  start: z.string().describe('When it began.'),
  stop: z.string().describe('When it was over.'),
  delta: z.number().describe('Seconds that it took.'),
  stdout: z.string().describe('The same in words.'),
  user_input: z.string().describe('What was answered; empty where nothing was asked.'),
  echo: z.boolean().describe('The argument.'),
});

/** Waits for a time, or for whoever watches the run. */
export const module = defineModule({
  name: 'pause',
  summary: 'Wait for some time, or for an answer on the terminal',
  args,
  returns,
  onlyOnce: 'batch',
  waits: true,
  notes: [
    'It is done once for the nodes that go in step, in each region; run_once: true does it once in the play, run_once: ' +
      'false on each node. No node is needed for it.',
    'To ask needs a terminal: without one the task fails, and nothing behind it is done. With echo: false the answer is ' +
      'a secret: it is shown nowhere. Ctrl-C ends the run.',
  ],
  examples: `- pause: { seconds: 30 }

- pause: { prompt: "Take the traffic away now, then press Enter" }
  run_once: true
`,
  async check(node, given) {
    const { seconds, minutes, prompt, echo } = given;
    if (seconds !== undefined && minutes !== undefined) {
      throw new ModuleError({ message: 'both seconds and minutes are given', hint: 'Give one of them.' });
    }
    const start = new Date();
    const time = seconds ?? (minutes === undefined ? undefined : minutes * 60);
    const user_input = time === undefined ? await answer(node.scope, given, node.region) : '';
    if (time !== undefined) await wait(time * 1000, undefined, { signal: node.scope.signal });
    const stop = new Date();
    const delta = Math.round((stop.getTime() - start.getTime()) / 100) / 10;
    const result = {
      ...{ start: start.toISOString(), stop: stop.toISOString(), delta, user_input, echo },
      stdout: `Paused for ${delta} seconds`,
    };
    return {
      changes: [],
      result,
      ...(time !== undefined && prompt !== undefined ? { message: prompt } : {}),
    };
  },
  apply: () => Promise.reject(new Error('pause changes nothing')),
});

async function answer({ ask }: RunScope, { prompt, echo }: Args, region: string): Promise<string> {
  if (ask === undefined) {
    throw new ModuleError({
      message: `there is no terminal to ask on: ${prompt ?? 'press Enter to continue'}`,
      hint: 'Run it on a terminal, give seconds instead, or leave the task out with a tag or when.',
    });
  }
  const where = region === '' ? '' : `[${region}] `;
  const question = (prompt ?? 'Press Enter to continue, Ctrl+C to interrupt').trimEnd();
  return ask(`${where}${question}${/[:?]$/.test(question) ? ' ' : ': '}`, { echo });
}
