import type { Command } from 'commander';
import type { InventoryCommandOptions } from './command-options.ts';
import type { Io } from './io.ts';
import { collect, extraVarsOption, inventoryOption, regionByOption } from './options.ts';
import { addVaultKeyOptions } from './vault-options.ts';

const EXAMPLES = `
Without --list, --graph or --host it prints the graph. Passwords and other secrets are shown as ***.
Variables of playbooks are not here, but for --explain --playbook FILE.

Examples:
  $ oms-play inventory -i inventory/prod --graph
  $ oms-play inventory -i inventory/prod --list | jq '._meta.hostvars["hz-1"]'
  $ oms-play inventory -i inventory/prod --host hz-1
  $ oms-play inventory -i inventory/prod --host hz-1 --explain cm_url
  $ oms-play inventory -i inventory/prod --host hz-1 --explain cm_url --playbook deploy.yml`;

/** Declares `oms-play inventory`. */
export function addInventoryCommand(program: Command, io: Io, done: (code: number) => void): void {
  const command = program
    .command('inventory')
    .description('show regions, nodes and their variables, and where a value comes from')
    .addOption(inventoryOption())
    .addOption(regionByOption())
    .addOption(extraVarsOption())
    .option('-l, --limit <pattern>', 'only these nodes; @FILE: a pattern on each line')
    .option('--playbook-dir <dir>', 'read the group_vars and host_vars of a playbook in this folder too')
    .option('--graph', 'print regions, groups and nodes as a tree', false)
    .option('--list', 'print everything as JSON, in the form of ansible-inventory', false)
    .option('--host <node>', "print a node's variables as JSON")
    .option('--explain <name>', 'with --host: a variable, where it comes from, and what it overrides')
    .option('--playbook <file>', 'with --explain: in the tasks of this playbook; repeatable', collect, []);
  addVaultKeyOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (options: InventoryCommandOptions) => {
      const { showInventory } = await import('./inventory.ts');
      done(await showInventory(options, io));
    });
}
