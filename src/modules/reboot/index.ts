import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import type { ShellCommand } from '../../transport/command.ts';
import { script, sh } from '../../transport/command.ts';
import type { ExecResult } from '../../transport/contract.ts';
import type { NodeReader, NodeWriter } from '../../transport/node.ts';
import { isAway } from '../away.ts';
import { defineModule, ModuleError } from '../define.ts';
import { commandError } from '../failure.ts';

const LOOK_AGAIN_MS = 1_000;

const args = z.strictObject({
  reboot_timeout: z
    .number()
    .positive()
    .default(600)
    .describe('Seconds in which the node must be back and test_command must end well.'),
  connect_timeout: z.number().positive().default(10).describe('Seconds for one try to connect.'),
  pre_reboot_delay: z.number().min(0).default(0).describe('Seconds to wait before the restart.'),
  post_reboot_delay: z
    .number()
    .min(0)
    .default(0)
    .describe('Seconds to wait before the first look at the node.'),
  test_command: z
    .string()
    .min(1)
    .default('whoami')
    .describe('Command that must end well when the node is back.'),
  msg: z.string().default('Reboot initiated by oms-play').describe('What users of the node are told.'),
  boot_time_command: z
    .string()
    .min(1)
    .default('cat /proc/sys/kernel/random/boot_id')
    .describe('Command whose answer is another one after a restart.'),
  reboot_command: z
    .string()
    .min(1)
    .optional()
    .describe('Command that restarts it. Without it: shutdown -r now, or reboot where there is no shutdown.'),
});

type Args = z.output<typeof args>;

/** Restarts a node and waits for it. */
export const module = defineModule({
  name: 'reboot',
  summary: 'Restart the node and wait until it is back',
  args,
  returns: z.strictObject({
    rebooted: z.boolean().describe('Whether it was restarted.'),
    elapsed: z.number().describe('Seconds that it took.'),
  }),
  notes: [
    'It is back when it answers with another boot id than before, and test_command ends well. Use it in a handler, or ' +
      'with when: it restarts the node every time. Not here: search_paths.',
  ],
  examples: `- name: Restart, one node of a region at a time
  reboot: { msg: new kernel, reboot_timeout: 900 }
  throttle: 1
`,
  async check(node, given) {
    const [before, who] = await Promise.all([
      bootOf(node, given),
      given.reboot_command === undefined ? node.query(sh`id -u`) : undefined,
    ]);
    if (who !== undefined && who.stdout.toString('utf8').trim() !== '0') {
      throw new ModuleError({
        message: `only root may restart ${node.name}`,
        hint: 'Set become: true on the task or play.',
      });
    }
    const changes = [{ subject: node.name, summary: 'to be restarted' }];
    return { changes, result: { rebooted: false, elapsed: 0 }, state: before };
  },
  async apply(node, given, { state: before = '' }: { readonly state?: string }) {
    const begin = performance.now();
    await pause(given.pre_reboot_delay * 1000, undefined, { signal: node.scope.signal });
    await restart(node, given);
    const until = Date.now() + given.reboot_timeout * 1000;
    await newBoot(node, given, { before, until });
    await testPasses(node, given, until);
    return { rebooted: true, elapsed: Math.round((performance.now() - begin) / 100) / 10 };
  },
});

async function bootOf(node: NodeReader, { boot_time_command }: Args): Promise<string> {
  const command = script(boot_time_command);
  const done = await node.query(command);
  const boot = done.stdout.toString('utf8').trim();
  if (done.exitCode === 0 && boot !== '') return boot;
  throw commandError(`${node.name} does not tell when it was started`, command, done);
}

/** The connection may be gone before the command has ended: then it has done its work. */
async function restart(node: NodeWriter, given: Args): Promise<void> {
  const command = restartCommand(given);
  let done: ExecResult;
  try {
    done = await node.run(command);
  } catch (error) {
    if (isAway(error)) return;
    throw error;
  }
  if (done.exitCode === 0) return;
  throw commandError(`${node.name} could not be restarted`, command, done);
}

function restartCommand({ reboot_command, msg }: Args): ShellCommand {
  if (reboot_command !== undefined) return script(reboot_command);
  return sh`PATH=$PATH:/usr/sbin:/sbin
if command -v shutdown >/dev/null; then shutdown -r now ${msg}; else reboot; fi`;
}

/** Connects anew until the node says that it was started since. */
async function newBoot(
  node: NodeWriter,
  given: Args,
  { before, until }: { readonly before: string; readonly until: number },
): Promise<void> {
  let delayMs = given.post_reboot_delay * 1000;
  for (;;) {
    const boot = await reached(node, given, { until, delayMs });
    if (boot !== undefined && boot !== before) return;
    if (Date.now() >= until) {
      throw new ModuleError({
        message: `${node.name} was told to restart ${given.reboot_timeout} s ago, and has not`,
        hint: 'It answers, with the boot id that it had before. "journalctl -e" on the node may say why.',
      });
    }
    delayMs = LOOK_AGAIN_MS;
  }
}

/** What the node says about its boot; undefined: it went away while it was asked. */
async function reached(
  node: NodeWriter,
  given: Args,
  { until, delayMs }: { readonly until: number; readonly delayMs: number },
): Promise<string | undefined> {
  try {
    const timeoutMs = Math.max(until - Date.now(), 1) + delayMs;
    await node.reconnect({ timeoutMs, delayMs, pauseMs: LOOK_AGAIN_MS, tryMs: given.connect_timeout * 1000 });
  } catch (error) {
    if (!isAway(error)) throw error;
    throw new ModuleError({
      message: `${node.name} did not come back within ${given.reboot_timeout} s: ${error.message}`,
      hint: 'It may still be starting: raise reboot_timeout, or look at the console of the machine.',
    });
  }
  try {
    return await bootOf(node, given);
  } catch (error) {
    if (isAway(error)) return undefined;
    throw error;
  }
}

async function testPasses(
  node: NodeWriter,
  { test_command, reboot_timeout }: Args,
  until: number,
): Promise<void> {
  const command = script(test_command);
  for (;;) {
    const done = await node.query(command);
    if (done.exitCode === 0) return;
    if (Date.now() >= until) {
      throw commandError(
        `${node.name} is back, but test_command fails after ${reboot_timeout} s`,
        command,
        done,
      );
    }
    await pause(LOOK_AGAIN_MS, undefined, { signal: node.scope.signal });
  }
}
