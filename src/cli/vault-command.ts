import { Option, type Command } from 'commander';
import type { Io } from './io.ts';
import { collect } from './options.ts';
import { addVaultKeyOptions, repeatable } from './vault-options.ts';
import type {
  VaultDecryptOptions,
  VaultEditOptions,
  VaultEncryptOptions,
  VaultRekeyOptions,
  VaultStringOptions,
} from './command-options.ts';
import type { VaultKeyOptions } from './command-options.ts';

const EXAMPLES = `
Files are encrypted with age: for identities (keys in files, quick), or with a passphrase (takes seconds).
Files of ansible-vault are read everywhere; "rekey" turns them into age. Without a key you are asked for a passphrase.

Examples:
  $ oms-play vault keygen ~/.config/oms-play/id.txt                   make an identity, print its public key
  $ export OMS_PLAY_VAULT_IDENTITY=~/.config/oms-play/id.txt
  $ oms-play vault create inventory/prod/group_vars/all/secrets.yml
  $ oms-play vault edit inventory/prod/group_vars/all/secrets.yml
  $ oms-play vault encrypt-string --name oms_password                 asks for the value, prints the YAML
  $ oms-play vault rekey --vault-password-file old.txt secrets.yml    from Ansible's format to age`;

type Done = (code: number) => void;

/** Declares `oms-play vault …`. */
export function addVaultCommand(program: Command, io: Io, done: Done): void {
  const vault = program
    .command('vault')
    .description('encrypted files and values: create, edit, view, encrypt, decrypt, rekey')
    .addHelpText('after', EXAMPLES);
  addEditing(vault, io, done);
  addReading(vault, io, done);
  addEncrypting(vault, io, done);
  addKeys(vault, io, done);
}

function addEditing(vault: Command, io: Io, done: Done): void {
  for (const [name, description] of [
    ['create', 'write a new encrypted file with the editor'],
    ['edit', 'change an encrypted file with the editor ($VISUAL, $EDITOR, else vi)'],
  ] as const) {
    const command = vault.command(name).description(description).argument('<file>');
    command.option(
      '--temp-dir <folder>',
      'the editor works on a file there, even if the folder is on a disk (default: one in memory)',
    );
    withTargets(addVaultKeyOptions(command)).action(async (file: string, options: VaultEditOptions) => {
      const { editVault } = await import('./vault-edit.ts');
      done(await editVault(name, file, options, io));
    });
  }
}

function addReading(vault: Command, io: Io, done: Done): void {
  const view = vault.command('view').description('print what is encrypted').argument('<files...>');
  addVaultKeyOptions(view).action(async (files: readonly string[], options: VaultKeyOptions) => {
    const { viewVault } = await import('./vault-view.ts');
    done(await viewVault(files, options, io));
  });
  const decrypt = vault
    .command('decrypt')
    .description('decrypt files for good: they are in clear afterwards, readable by their owner only')
    .argument('<files...>')
    .option('--output <file>', 'write there instead, "-" for stdout (one file only)');
  addVaultKeyOptions(decrypt).action(async (files: readonly string[], options: VaultDecryptOptions) => {
    const { decryptVault } = await import('./vault-decrypt.ts');
    done(await decryptVault(files, options, io));
  });
}

function addEncrypting(vault: Command, io: Io, done: Done): void {
  const encrypt = vault.command('encrypt').description('encrypt files in place').argument('<files...>');
  withTargets(addVaultKeyOptions(encrypt)).action(
    async (files: readonly string[], options: VaultEncryptOptions) => {
      const { encryptVault } = await import('./vault-encrypt.ts');
      done(await encryptVault(files, options, io));
    },
  );
  const string = vault
    .command('encrypt-string')
    .description('encrypt a single value and print it as YAML; asks for it, or reads it from a pipe')
    .argument('[text]', 'the value; other users of this machine can see it while the command runs')
    .addOption(
      new Option('-n, --name <name>', 'print it as the value of this variable').conflicts('stdinName'),
    )
    .option('--stdin-name <name>', 'the same, with the value from stdin');
  withTargets(addVaultKeyOptions(string)).action(
    async (text: string | undefined, options: VaultStringOptions) => {
      const { encryptString } = await import('./vault-encrypt-string.ts');
      done(await encryptString(text, options, io));
    },
  );
}

function addKeys(vault: Command, io: Io, done: Done): void {
  const rekey = vault
    .command('rekey')
    .description('encrypt anew with other keys: whole files, and all !vault values of YAML files')
    .argument('<files...>');
  addVaultKeyOptions(rekey)
    .optionsGroup('The new keys (default: ask for a new passphrase):')
    .addOption(repeatable('--new-vault-identity <file>', 'age identities'))
    .option('--new-vault-password-file <file>', 'a passphrase, or a program that prints it')
    .option('--new-vault-id <[label@]source>', 'a file, a program, or "prompt"')
    .addOption(recipientOption())
    .action(async (files: readonly string[], options: VaultRekeyOptions) => {
      const { rekeyVault } = await import('./vault-rekey.ts');
      done(await rekeyVault(files, options, io));
    });
  vault
    .command('keygen')
    .description('make a new age identity and print its public key')
    .argument('<file>', 'where the identity goes; it must not be there yet')
    .action(async (file: string) => {
      const { makeIdentity } = await import('./vault-keygen.ts');
      done(await makeIdentity(file, io));
    });
}

/** For whom commands encrypt, beside the keys they are given. */
function withTargets(command: Command): Command {
  return command
    .optionsGroup('For whom it is encrypted:')
    .addOption(recipientOption())
    .option('--encrypt-vault-id <label>', 'only for the keys of this label (default: all that are given)');
}

function recipientOption(): Option {
  return new Option('-r, --recipient <age1…>', 'also for this public key, or those of a file; repeatable')
    .argParser(collect)
    .default([]);
}
