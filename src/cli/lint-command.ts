import type { Command } from 'commander';
import type { LintCommandOptions } from './command-options.ts';
import type { Io } from './io.ts';
import { inventoryOption, regionByOption } from './options.ts';
import { addVaultKeyOptions } from './vault-options.ts';

const EXAMPLES = `
Looks into folders and checks the playbooks, roles and inventories in them. With an inventory (-i, or one
that was found) names of nodes and variables are checked too. Opens no connection. Exit code 1: errors.

Examples:
  $ oms-play lint .                                  all that is in a project
  $ oms-play lint playbooks/deploy.yml               a playbook by itself
  $ oms-play lint deploy.yml -i inventory/prod       with the nodes and variables of an inventory
  $ oms-play lint roles/start-oms inventory/prod`;

/** Declares `oms-play lint`. */
export function addLintCommand(program: Command, io: Io, done: (code: number) => void): void {
  const command = program
    .command('lint')
    .description('check playbooks, roles and inventories; print all problems at once')
    .argument('<paths...>', 'files and folders')
    .usage('PATH… [options]')
    .addOption(inventoryOption())
    .addOption(regionByOption());
  addVaultKeyOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (paths: readonly string[], options: LintCommandOptions) => {
      const { lint } = await import('./lint.ts');
      done(await lint(paths, options, io));
    });
}
