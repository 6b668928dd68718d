import type { ShellCommand } from '../../transport/command.ts';
import { sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { ModuleError } from '../define.ts';
import type { Login } from './login.ts';
import { loginShape } from './login.ts';

const { via: _via, ...shape } = loginShape;

/** Arguments of modules that run the server's own programs on the node: there is no other way than from there. */
export const clientShape = {
  ...shape,
  login_host: shape.login_host.describe('Address of the server, as the node sees it.'),
};

/** The login of {@link clientShape}. */
export type ClientLogin = Omit<Login, 'via'>;

/**
 * The start of a script that runs a client: it reads the option file from stdin into a folder of its own, in memory
 * where there is such a place, and leaves nothing behind. `$d` is that folder, `$cnf` the file.
 */
export const CLIENT_START = `umask 077
d=$(mktemp -d /dev/shm/oms-play.XXXXXX 2>/dev/null) || d=$(mktemp -d) || exit 1
t=
trap 'rm -rf "$d"; [ -z "$t" ] || rm -f "$t" "$t.sha256"' EXIT
trap 'exit 143' HUP INT TERM
cnf=$d/my.cnf
cat >"$cnf" || exit 1`;

/** The option file: it holds the password, so that no argument list does. */
export function optionFile(login: ClientLogin, oldClient: boolean): string {
  const { login_host, login_port, login_user, login_password } = login;
  return [
    '[client]',
    `host=${quoted(login_host)}`,
    `port=${login_port}`,
    'protocol=tcp',
    `user=${quoted(login_user)}`,
    `password=${quoted(login_password)}`,
    // MySQL's own asks for a table that other servers do not have.
    ...(oldClient ? ['[mysqldump]', 'column-statistics=0'] : []),
    '',
  ].join('\n');
}

function quoted(text: string): string {
  const escaped = text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `"${escaped.replaceAll('\t', '\\t')}"`;
}

/** A program of the server on the node. */
export interface Client {
  readonly program: string;
  /** Of MySQL 8 or newer, not of MariaDB. */
  readonly hasColumnStatistics: boolean;
}

/** The first of the programs that the node has. Throws ModuleError when there is none, or a packer is missing. */
export async function findClient(
  node: NodeReader,
  programs: readonly string[],
  packer: string | undefined,
): Promise<Client> {
  const packing: ShellCommand = packer === undefined ? sh`:` : sh`command -v ${packer} >/dev/null 2>&1`;
  const seen = await node.query(sh`${packing} || { echo packer; exit 0; }
for program in ${programs}; do
  command -v "$program" >/dev/null 2>&1 || continue
  echo "$program"
  "$program" --help 2>/dev/null | grep -q '^ *--column-statistics' && echo statistics
  exit 0
done
echo none`);
  const [program = 'none', statistics] = seen.stdout.toString('utf8').trim().split('\n');
  if (program !== 'none' && program !== 'packer') {
    return { program, hasColumnStatistics: statistics === 'statistics' };
  }
  const what = program === 'packer' ? (packer ?? '') : programs.join(' or ');
  throw new ModuleError({
    message: `there is no ${what} on ${node.name}`,
    hint:
      program === 'packer'
        ? 'install it, or give target another ending'
        : 'install the client of the server (mariadb-client) there',
  });
}
