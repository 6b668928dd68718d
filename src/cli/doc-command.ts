import type { Command } from 'commander';
import type { Io } from './io.ts';

const EXAMPLES = `
Examples:
  $ oms-play doc                    all modules
  $ oms-play doc docker_container   arguments, result and examples of one
  $ oms-play doc --role             all roles
  $ oms-play doc --role preflight   the arguments of one, from its meta/argument_specs.yml`;

/** Declares `oms-play doc`. */
export function addDocCommand(program: Command, io: Io, done: (code: number) => void): void {
  program
    .command('doc')
    .description('list the modules or roles, or print the reference of one')
    .argument('[name]', 'name of a module, or of a role')
    .option('--role', 'it is a role')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string | undefined, { role }: { readonly role?: boolean }) => {
      if (role === true) {
        const { showRoleDoc } = await import('./doc-role.ts');
        done(await showRoleDoc(name, io));
        return;
      }
      const { showDoc } = await import('./doc.ts');
      done(await showDoc(name, io));
    });
}
