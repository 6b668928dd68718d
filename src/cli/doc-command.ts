import type { Command } from 'commander';
import type { Io } from './io.ts';

const EXAMPLES = `
Examples:
  $ oms-play doc                    all modules
  $ oms-play doc docker_container   arguments, result and examples of one`;

/** Declares `oms-play doc`. */
export function addDocCommand(program: Command, io: Io, done: (code: number) => void): void {
  program
    .command('doc')
    .description('list the modules, or print the reference of one')
    .argument('[module]', 'name of a module')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string | undefined) => {
      const { showDoc } = await import('./doc.ts');
      done(await showDoc(name, io));
    });
}
