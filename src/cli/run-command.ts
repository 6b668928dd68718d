import { Option, type Command } from 'commander';
import type { RunCommandOptions } from './command-options.ts';
import type { Io } from './io.ts';
import {
  collectWords,
  duration,
  extraVarsOption,
  inventoryOption,
  positive,
  regionByOption,
  seconds,
} from './options.ts';
import { addVaultKeyOptions } from './vault-options.ts';

const EXAMPLES = `
A PLAYBOOK is a path; else it is looked for in ./playbooks and among those that come with oms-play.

Examples:
  $ oms-play deploy.yml -i inventory/prod                      deploy
  $ oms-play deploy.yml -i inventory/prod --check --diff       show what would change, touch nothing
  $ oms-play deploy.yml -i inventory/prod --check --exit-code  exit 3 when something would change
  $ oms-play deploy.yml -i inventory/prod -l cn-hangzhou       one region only
  $ oms-play deploy.yml -i inventory/prod -l 'all:!hz-2'       all nodes but one
  $ oms-play deploy.yml -i inventory/prod -e oms_meta_port:=2881 -e '{"cm_location": 2}'
  $ oms-play deploy.yml -i inventory/prod -u admin -b -k -K    log in as admin, sudo, ask for both passwords
  $ oms-play deploy.yml -i inventory/prod --output json        one event per line on stdout
  $ oms-play deploy.yml -i inventory/prod --profile            where the time went

Exit codes: 0 well, 1 wrong input, 2 a task failed, 3 changes pending (--check --exit-code),
            4 a node unreachable, 130 interrupted.`;

/** Declares `oms-play [run] PLAYBOOK…`, the default command. */
export function addRunCommand(program: Command, io: Io, done: (code: number) => void): void {
  const command = program
    .command('run', { isDefault: true })
    .description('carry out playbooks on the nodes of an inventory')
    .argument('<playbooks...>', 'playbooks, carried out in this order')
    .usage('PLAYBOOK… [options]');
  chooseOptions(command);
  connectionOptions(command);
  addVaultKeyOptions(command);
  outputOptions(command);
  command
    .addHelpText('after', EXAMPLES)
    .action(async (playbooks: readonly string[], options: RunCommandOptions) => {
      const { run } = await import('./run.ts');
      done(await run(playbooks, options, io));
    });
}

function chooseOptions(command: Command): void {
  command
    .optionsGroup('What to do:')
    .addOption(inventoryOption())
    .addOption(regionByOption())
    .option(
      '-l, --limit <pattern>',
      'only these nodes: names, globs, groups, regions, ~regex, x[0:1]; a:b, a:&b, a:!b; @FILE',
    )
    .addOption(words('-t, --tags <tags>', 'only tasks with one of these tags'))
    .addOption(words('--skip-tags <tags>', 'no tasks with one of these tags'))
    .option('--start-at-task <name>', 'begin with the first task of that name; * and ? stand for anything')
    .option('--step', 'ask before each task: yes, no, continue without asking', false)
    .addOption(extraVarsOption())
    .option('-C, --check', 'change nothing; show what would change', false)
    .option('-D, --diff', 'show before and after of what changes', false)
    .option('--force-handlers', 'run notified handlers also on nodes where a task failed')
    .option('-f, --forks <n>', 'nodes worked on at once in the whole run', positive, 50)
    .option('--regions <n>', 'regions worked on at once, at most (default: as the play says)', positive);
}

/** How nodes are reached, for every command that reaches some. */
export function connectionOptions(command: Command): void {
  const checking = new Option(
    '--host-key-checking <how>',
    'refuse unknown host keys, or learn those of new hosts; else as ~/.ssh/config says, else yes',
  ).choices(['yes', 'accept-new', 'no']);
  const becomeMethod = new Option('--become-method <method>', 'by what; sudo unless said otherwise').choices([
    'sudo',
    'su',
    'doas',
  ]);
  command
    .optionsGroup('How nodes are reached (variables of the inventory win):')
    .option('-u, --user <name>', 'user to log in as')
    .option('-k, --ask-pass', 'ask for the password to log in with', false)
    .option('--private-key <file>', 'key to log in with')
    .option('-b, --become', 'run tasks as another user', false)
    .option('--become-user <name>', 'that user (default: root)')
    .addOption(becomeMethod)
    .option('-K, --ask-become-pass', 'ask for the password for that', false)
    .addOption(checking)
    .option('--timeout <seconds>', 'how long opening a connection may take', seconds, 10)
    .option(
      '--fact-cache <age>',
      'take facts from earlier runs when they are not older than 30s, 10m, 2h, 1d …; else they are gathered',
      duration,
    )
    .option('--no-speculation', 'look at a task only when its turn has come (slower, same results)');
}

function outputOptions(command: Command): void {
  command
    .optionsGroup('Output:')
    .addOption(outputOption())
    .addOption(verboseOption())
    .option('--profile', 'measure, and print at the end where the time went', false)
    .option('--profile-trace <file>', 'measure, and write a trace for Perfetto or chrome://tracing')
    .option('--exit-code', 'with --check: exit 3 when something would change', false)
    .optionsGroup('Instead of running:')
    .option('--list-hosts', 'list the nodes of each play', false)
    .option('--list-tasks', 'list the tasks of each play', false)
    .option('--list-tags', 'list the tags of each play', false)
    .option('--syntax-check', 'check inventory and playbooks; open no connection', false);
}

/** `--output`. */
export function outputOption(): Option {
  return new Option('--output <form>', 'for people, or one event per line as JSON on stdout')
    .choices(['plain', 'json'])
    .default('plain');
}

/** `-v`, counted. */
export function verboseOption(): Option {
  return new Option('-v, --verbose', 'more about each task; -vv, -vvv: still more')
    .argParser(count)
    .default(0);
}

function words(flags: string, description: string): Option {
  return new Option(flags, `${description}; repeatable, or joined by commas`)
    .argParser(collectWords)
    .default([]);
}

function count(_: unknown, before: number): number {
  return before + 1;
}
