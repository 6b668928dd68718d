import { Option, type Command } from 'commander';
import type { LintCommandOptions } from './command-options.ts';
import type { Io } from './io.ts';
import { collectWords, inventoryOption, regionByOption } from './options.ts';
import { addVaultKeyOptions } from './vault-options.ts';

const EXAMPLES = `
Looks into folders (default: this one) and checks the playbooks, roles and inventories in them. With an
inventory (-i, or one that was found) names of nodes and variables are checked too. Opens no connection.
A line that ends in "# noqa" or "# noqa: rule" is left alone, at the first line of a task the whole task;
.oms-play-lint.yml may say which rules to skip and which only to warn of.
Exit code 0: no errors (--strict: no warnings either); 1: some.

Examples:
  $ oms-play lint                                    all that is in a project
  $ oms-play lint playbooks/deploy.yml               a playbook by itself
  $ oms-play lint deploy.yml -i inventory/prod       with the nodes and variables of an inventory
  $ oms-play lint --fix                              mend what can be mended safely
  $ oms-play lint --output sarif > lint.sarif        for code hosts and editors`;

/** Declares `oms-play lint`. */
export function addLintCommand(program: Command, io: Io, done: (code: number) => void): void {
  const names = (flags: string, description: string): Option =>
    new Option(flags, description).argParser(collectWords).default([]);
  const command = program
    .command('lint')
    .description('check playbooks, roles and inventories; print all problems at once')
    .argument('[paths...]', 'files and folders')
    .usage('[PATH…] [options]')
    .addOption(inventoryOption())
    .addOption(regionByOption())
    .option('--fix', 'mend in the files what can be mended safely, and print it', false)
    .addOption(names('--rules <names>', 'only these rules, joined by commas'))
    .addOption(names('--skip <names>', 'all rules but these'))
    .option('--strict', 'warnings are a failure too', false)
    .addOption(
      new Option('--output <form>', 'form of the answer')
        .choices(['plain', 'json', 'sarif'])
        .default('plain'),
    )
    .option('--list-rules', 'list the rules', false);
  addVaultKeyOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (paths: readonly string[], options: LintCommandOptions) => {
      const { lint } = await import('./lint.ts');
      done(await lint(paths, options, io));
    });
}
