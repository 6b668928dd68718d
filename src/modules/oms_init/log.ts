import { script, sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';

const LINES = 40;

/**
 * The end of the newest docker_init.log: from the container, or from `logDir` on the node when the container
 * has ended. undefined: there is none.
 */
export async function initLog(
  node: NodeReader,
  container: string,
  logDir: string | undefined,
): Promise<string | undefined> {
  const newest = (folder: string): string =>
    `f=$(ls -t ${folder}/docker_init.log* 2>/dev/null | head -n 1); [ -n "$f" ] && tail -n ${LINES} "$f"`;
  const inside = await node.query(sh`docker exec ${container} sh -c ${newest('/home/admin/logs')}`);
  const text = inside.stdout.toString('utf8').trimEnd();
  if (text !== '' || logDir === undefined) return text === '' ? undefined : text;
  const outside = await node.query(script(newest(sh`${logDir}`.text)));
  return outside.stdout.toString('utf8').trimEnd() || undefined;
}
