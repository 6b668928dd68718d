import { quote } from '../../transport/command.ts';
import { requiredOf } from '../aliases.ts';
import type { GitArgs } from './args.ts';

/** How git is called: its first words, the address without a password, and what is in its environment. */
export interface Way {
  readonly git: readonly string[];
  readonly url: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The same for looks: a new host's key is taken, but not written down. */
  readonly lookEnvironment: Readonly<Record<string, string>>;
}

/** The way to the repository; a password in its address is asked for by git, and stands in no argument list. */
export function wayTo(args: GitArgs): Way {
  const { repo, name } = args;
  const login = withoutPassword(requiredOf({ repo, name }));
  const base = {
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    // `status` would else write to the index.
    GIT_OPTIONAL_LOCKS: '0',
    ...login.environment,
  };
  const helper = login.password === undefined ? [] : ['-c', `credential.helper=${HELPER}`];
  return {
    git: [args.executable, ...helper],
    url: login.url,
    environment: { ...base, GIT_SSH_COMMAND: sshCommand(args, '') },
    lookEnvironment: {
      ...base,
      // New keys go to the first of the files.
      GIT_SSH_COMMAND: sshCommand(args, ' -o UserKnownHostsFile="/dev/null ~/.ssh/known_hosts"'),
    },
  };
}

const HELPER =
  '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$OMS_PLAY_GIT_USER" "$OMS_PLAY_GIT_PASSWORD"; }; f';

interface Address {
  readonly url: string;
  readonly password?: string;
  readonly environment: Readonly<Record<string, string>>;
}

function withoutPassword(repo: string): Address {
  const [, scheme = '', user = '', password, rest = ''] =
    /^(https?:\/\/)([^/:@]*):([^/@]*)@([\s\S]*)$/i.exec(repo) ?? [];
  if (password === undefined) return { url: repo, environment: {} };
  const clear = decoded(password);
  const environment = { OMS_PLAY_GIT_USER: decoded(user), OMS_PLAY_GIT_PASSWORD: clear };
  return { url: `${scheme}${rest}`, password: clear, environment };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function sshCommand({ key_file, accept_newhostkey, ssh_opts }: GitArgs, more: string): string {
  const key = key_file === undefined ? '' : ` -i ${quote(key_file)} -o IdentitiesOnly=yes`;
  const accept = accept_newhostkey ? ` -o StrictHostKeyChecking=accept-new${more}` : '';
  return `ssh -o BatchMode=yes${key}${accept}${ssh_opts === undefined ? '' : ` ${ssh_opts}`}`;
}
