import { sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { ModuleError } from '../define.ts';
import { labelled, queryTool } from '../steps.ts';

/** Where a user lives, and who owns what is there. */
export interface Home {
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
}

/** The home of a user of the node. Throws ModuleError when there is no such user. */
export async function homeOf(node: NodeReader, user: string): Promise<Home> {
  const script = sh`n=${user}
l=$(awk -F: -v n="$n" '$1 == n' /etc/passwd); [ "$l" ] || l=$(getent passwd "$n" 2>/dev/null)
printf %s "$l"`;
  const done = await queryTool(node, labelled(script, `(home of ${user})`));
  const [, , uid, gid, , path] = done.stdout.toString('utf8').trim().split(':');
  if (path === undefined || path === '') {
    throw new ModuleError({
      message: `there is no user ${user} on ${node.name}`,
      hint: 'Make the user before, with the module user.',
    });
  }
  return { path, uid: Number(uid), gid: Number(gid) };
}

/** The home of who the task runs as, by its environment. */
export async function ownHome(node: NodeReader): Promise<string> {
  const done = await node.query(sh`printf %s "$HOME"`);
  const home = done.stdout.toString('utf8');
  if (home.startsWith('/')) return home;
  throw new ModuleError({
    message: `${node.name} has no HOME for this user`,
    hint: 'Give an absolute path.',
  });
}
