import { Option, type Command } from 'commander';
import { collect } from './options.ts';

/** Adds the options that say which keys open what is encrypted. */
export function addVaultKeyOptions(command: Command): Command {
  return command
    .optionsGroup('Keys of encrypted files and values:')
    .addOption(repeatable('--vault-identity <file>', 'age identities; $OMS_PLAY_VAULT_IDENTITY'))
    .addOption(
      repeatable(
        '--vault-password-file <file>',
        'a passphrase, or a program that prints it; $OMS_PLAY_VAULT_PASSWORD_FILE',
      ),
    )
    .addOption(repeatable('--vault-id <[label@]source>', 'a key by name: a file, a program, or "prompt"'))
    .option('-J, --ask-vault-pass', 'ask for a passphrase', false);
}

/** An option that may be given several times. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, `${description}; repeatable`).argParser(collect).default([]);
}
