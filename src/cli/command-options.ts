// The options of each command as commander gives them; apart from the commands, which load their work only when it is asked for.

import type { BecomeMethod } from '../model/connection.ts';

/** The options of every command that reads what may be encrypted. */
export interface VaultKeyOptions {
  readonly vaultIdentity: readonly string[];
  readonly vaultPasswordFile: readonly string[];
  readonly vaultId: readonly string[];
  readonly askVaultPass: boolean;
}

/** The options of `oms-play run`. */
export interface RunCommandOptions extends VaultKeyOptions {
  readonly inventory: readonly string[];
  readonly regionBy?: string;
  readonly limit?: string;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly startAtTask?: string;
  readonly forceHandlers?: boolean;
  readonly step: boolean;
  readonly extraVars: readonly string[];
  readonly check: boolean;
  readonly diff: boolean;
  readonly forks: number;
  readonly regions?: number;
  readonly user?: string;
  readonly become: boolean;
  readonly becomeUser?: string;
  readonly becomeMethod?: BecomeMethod;
  readonly askPass: boolean;
  readonly askBecomePass: boolean;
  readonly privateKey?: string;
  readonly hostKeyChecking?: 'yes' | 'accept-new' | 'no';
  readonly timeout: number;
  readonly speculation: boolean;
  /** How old facts of earlier runs may be, in milliseconds. */
  readonly factCache?: number;
  readonly output: 'plain' | 'json';
  readonly verbose: number;
  readonly profile: boolean;
  readonly profileTrace?: string;
  readonly exitCode: boolean;
  readonly listHosts: boolean;
  readonly listTasks: boolean;
  readonly listTags: boolean;
  readonly syntaxCheck: boolean;
}

/** The options of `oms-play exec`; those that it shares with `run` have the same meaning. */
export interface ExecCommandOptions extends Omit<
  RunCommandOptions,
  'tags' | 'skipTags' | 'profile' | 'profileTrace' | 'listHosts' | 'listTasks' | 'listTags' | 'syntaxCheck'
> {
  readonly moduleName?: string;
  readonly args?: string;
  readonly oneLine: boolean;
  /** Seconds. */
  readonly background?: number;
  readonly poll?: number;
}

/** The options of `oms-play inventory`. */
export interface InventoryCommandOptions extends VaultKeyOptions {
  readonly inventory: readonly string[];
  readonly regionBy?: string;
  readonly extraVars: readonly string[];
  readonly limit?: string;
  readonly playbookDir?: string;
  readonly playbook: readonly string[];
  readonly list: boolean;
  readonly graph: boolean;
  readonly host?: string;
  readonly explain?: string;
}

/** The options of `oms-play lint`. */
export interface LintCommandOptions extends VaultKeyOptions {
  readonly inventory: readonly string[];
  readonly regionBy?: string;
  readonly fix: boolean;
  readonly rules: readonly string[];
  readonly skip: readonly string[];
  readonly strict: boolean;
  readonly output: 'plain' | 'json' | 'sarif';
  readonly listRules: boolean;
}

/** Options of the `oms-play vault` commands that encrypt. */
export interface VaultEncryptOptions extends VaultKeyOptions {
  readonly recipient: readonly string[];
  readonly encryptVaultId?: string;
}

/** The options of `oms-play vault create` and `edit`. */
export interface VaultEditOptions extends VaultEncryptOptions {
  readonly tempDir?: string;
}

/** The options of `oms-play vault decrypt`. */
export interface VaultDecryptOptions extends VaultKeyOptions {
  readonly output?: string;
}

/** The options of `oms-play vault encrypt-string`. */
export interface VaultStringOptions extends VaultEncryptOptions {
  readonly name?: string;
  readonly stdinName?: string;
}

/** The options of `oms-play vault rekey`. */
export interface VaultRekeyOptions extends VaultKeyOptions {
  readonly newVaultIdentity: readonly string[];
  readonly newVaultPasswordFile?: string;
  readonly newVaultId?: string;
  readonly recipient: readonly string[];
}
