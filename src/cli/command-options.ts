// The options of each command as commander gives them; apart from the commands, which load their work only when it is asked for.

/** The options of `oms-play run`. */
export interface RunCommandOptions {
  readonly inventory: readonly string[];
  readonly limit?: string;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly extraVars: readonly string[];
  readonly check: boolean;
  readonly diff: boolean;
  readonly forks: number;
  readonly regions?: number;
  readonly user?: string;
  readonly become: boolean;
  readonly becomeUser?: string;
  readonly askPass: boolean;
  readonly askBecomePass: boolean;
  readonly privateKey?: string;
  readonly hostKeyChecking?: 'yes' | 'accept-new' | 'no';
  readonly timeout: number;
  readonly speculation: boolean;
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

/** The options of `oms-play inventory`. */
export interface InventoryCommandOptions {
  readonly inventory: readonly string[];
  readonly extraVars: readonly string[];
  readonly limit?: string;
  readonly list: boolean;
  readonly graph: boolean;
  readonly host?: string;
  readonly explain?: string;
}

/** The options of `oms-play lint`. */
export interface LintCommandOptions {
  readonly inventory: readonly string[];
}
