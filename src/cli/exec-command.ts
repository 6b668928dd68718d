import type { Command } from 'commander';
import type { ExecCommandOptions } from './command-options.ts';
import type { Io } from './io.ts';
import { extraVarsOption, inventoryOption, positive, regionByOption, seconds } from './options.ts';
import { connectionOptions, outputOption, verboseOption } from './run-command.ts';
import { addVaultKeyOptions } from './vault-options.ts';

const EXAMPLES = `
PATTERN is what a play's hosts are: names, globs, groups, regions, ~regex; a:b, a:&b, a:!b.
-a takes name=value words, {"name": JSON}, or free-form text where the module has such.
Templates are filled in for each node: '{{inventory_hostname}}'.

Examples:
  $ oms-play exec all -i inventory/prod -- uptime -p              a program with its arguments, no shell
  $ oms-play exec cn-hangzhou -i inventory/prod -m shell -a 'df -h /data | tail -1'
  $ oms-play exec all -i inventory/prod -m ping -f 10             ten nodes at once
  $ oms-play exec hz-1 -i inventory/prod -b -m file -a 'path=/data/oms state=directory mode=0755' -C -D
  $ oms-play exec all -i inventory/prod -o -- cat /etc/hostname   one line per node

Exit codes: as of oms-play run.`;

/** Declares `oms-play exec PATTERN`: one task on many nodes, without a playbook. */
export function addExecCommand(program: Command, io: Io, done: (code: number) => void): void {
  const command = program
    .command('exec')
    .description('carry out one task on nodes, without a playbook (ad hoc)')
    .argument('<pattern>', 'the nodes')
    .argument('[command...]', 'behind --: a program and its arguments')
    .usage('PATTERN [-i INVENTORY] [-m MODULE -a ARGS | -- COMMAND…]');
  whatOptions(command);
  connectionOptions(command);
  addVaultKeyOptions(command);
  command
    .optionsGroup('Output:')
    .addOption(outputOption())
    .option('-o, --one-line', 'one line for each node', false)
    .addOption(verboseOption())
    .option('--exit-code', 'with --check: exit 3 when something would change', false)
    .addHelpText('after', EXAMPLES)
    .action(async (pattern: string, words: readonly string[], options: ExecCommandOptions) => {
      const { exec } = await import('./exec.ts');
      done(await exec({ pattern, words }, options, io));
    });
}

function secondsOrNone(value: string): number {
  return value === '0' ? 0 : seconds(value);
}

function whatOptions(command: Command): void {
  command
    .optionsGroup('What to do:')
    .option('-m, --module-name <module>', 'the module (default: command)')
    .option('-a, --args <args>', 'its arguments')
    .option('-B, --background <seconds>', 'the command outlives its connection, up to so long', seconds)
    .option(
      '-P, --poll <seconds>',
      'with -B: how often it is looked at; 0: only start it (default: 15)',
      secondsOrNone,
    )
    .addOption(inventoryOption())
    .addOption(regionByOption())
    .option('-l, --limit <pattern>', 'only these of the nodes; @FILE')
    .addOption(extraVarsOption())
    .option('-C, --check', 'change nothing; show what would change', false)
    .option('-D, --diff', 'show before and after of what changes', false)
    .option('-f, --forks <n>', 'nodes worked on at once', positive, 50)
    .option('--regions <n>', 'regions worked on at once, at most (default: all)', positive);
}
