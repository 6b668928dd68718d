import { Command, CommanderError } from 'commander';
import { didYouMean } from '../diagnostics/suggest.ts';
import { addDocCommand } from './doc-command.ts';
import { addExecCommand } from './exec-command.ts';
import { addInventoryCommand } from './inventory-command.ts';
import { InterruptedError, NoTerminalError, type Io } from './io.ts';
import { addLintCommand } from './lint-command.ts';
import { optionDescription } from './options.ts';
import { packageVersion } from './package-root.ts';
import { addRunCommand } from './run-command.ts';
import { addSchemaCommand } from './schema-command.ts';
import { UsageError } from './usage-error.ts';
import { addVaultCommand } from './vault-command.ts';

const EXAMPLES = `
"oms-play PLAYBOOK…" is short for "oms-play run PLAYBOOK…"; its options: oms-play run --help

Examples:
  $ oms-play deploy.yml -i inventory/prod --check --diff   what would be done
  $ oms-play deploy.yml -i inventory/prod                  do it
  $ oms-play exec all -i inventory/prod -- uptime          one command on all nodes
  $ oms-play inventory -i inventory/prod --graph           regions and nodes
  $ oms-play doc docker_container                          a module's arguments`;

/** Runs one command line and gives the exit code: 0 well, 1 wrong input, 2 failed, 3 changes pending, 4 unreachable, 130 interrupted. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let code = 0;
  const program = createProgram(io, (given) => {
    code = given;
  });
  if (argv.length === 0) {
    io.stderr.write(program.helpInformation() + EXAMPLES + '\n');
    return 1;
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    return explain(error, argv, program, io);
  }
}

function createProgram(io: Io, done: (code: number) => void): Command {
  const program = new Command('oms-play')
    .description(
      'Deploys OceanBase Migration Service on many nodes in many regions with Ansible-style playbooks.',
    )
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help of a command')
    .usage('[run] PLAYBOOK… [options]\n       oms-play COMMAND [options]')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureHelp({ optionDescription })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  addRunCommand(program, io, done);
  addExecCommand(program, io, done);
  addInventoryCommand(program, io, done);
  addDocCommand(program, io, done);
  addLintCommand(program, io, done);
  addSchemaCommand(program, io, done);
  addVaultCommand(program, io, done);
  return program;
}

function explain(error: unknown, argv: readonly string[], program: Command, io: Io): number {
  if (error instanceof CommanderError) {
    if (error.exitCode !== 0) io.stderr.write(hintFor(argv, program));
    return error.exitCode;
  }
  if (error instanceof InterruptedError) return 130;
  if (error instanceof UsageError || error instanceof NoTerminalError) {
    io.stderr.write(`error: ${error.message}\n`);
    return 1;
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr.write(`oms-play: internal error; please report it with these lines:\n${detail}\n`);
  return 1;
}

/** The first word counts as a playbook when it is no command: say so when it is nearly one. */
function hintFor(argv: readonly string[], program: Command): string {
  const names = program.commands.map((command) => command.name());
  const first = argv.find((word) => !word.startsWith('-')) ?? '';
  if (names.includes(first) && argv[0] !== first) {
    return `"${first}" is a command: it comes first, before its options.\n`;
  }
  const hint = names.includes(first) || /[./]/.test(first) ? '' : didYouMean(first, names);
  return hint === '' ? '' : `"${first}" is no command and was taken as a playbook.${hint}\n`;
}
