import type { Command } from 'commander';
import type { Io } from './io.ts';

const EXAMPLES = `
Kinds: playbook, tasks, handlers, inventory, role (meta/*.yml), vars, and module NAME. Modules of your own in
./modules and ./playbooks/modules are in it.

Examples:
  $ oms-play schema playbook > .vscode/playbook.json     completion, hover and checks while you write
  $ oms-play schema module copy                          the arguments of one module`;

/** Declares `oms-play schema`. */
export function addSchemaCommand(program: Command, io: Io, done: (code: number) => void): void {
  program
    .command('schema')
    .description('print the JSON Schema of a kind of file, for editors')
    .argument('<kind>', 'kind of file, or module')
    .argument('[module]', 'name of a module')
    .addHelpText('after', EXAMPLES)
    .action(async (kind: string, module: string | undefined) => {
      const { showSchema } = await import('./schema.ts');
      done(await showSchema(kind, module, io));
    });
}
