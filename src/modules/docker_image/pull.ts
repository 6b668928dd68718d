import type { Secret } from '../../model/secret.ts';
import { sh } from '../../transport/command.ts';
import type { NodeWriter } from '../../transport/node.ts';
import { commandError } from '../failure.ts';
import { Rate, paceOf } from '../distribution/pace.ts';
import type { ImageBlobs } from './blobs.ts';
import type { Wanted } from './choose.ts';
import { Registry, REPOSITORY, USER } from './registry.ts';

const TOLD_EVERY_MS = 300;

/** Whether a name of an image is one that a pull of ours gave it and was killed before it took it away. */
export function isTemporaryName(name: string): boolean {
  return /^127\.0\.0\.1:\d+\/oms-play\/image:run$/.test(name);
}

export interface PullRequest {
  readonly image: ImageBlobs;
  readonly password: Secret;
  readonly wanted: Wanted;
  readonly allow: (bytes: number) => Promise<void>;
}

/**
 * Has the node's Docker pull the image through a port on its own loopback that leads to the controller. The image gets
 * its name, the one of that registry goes. Throws TransportError `forward-refused`, ModuleError.
 */
export async function pull(node: NodeWriter, request: PullRequest): Promise<void> {
  const { image, password, wanted, allow } = request;
  const onSent = progressOf(node, request);
  const registry = new Registry({ image, password, allow, onSent });
  const listener = await node.listen((stream) => registry.accept(stream));
  const server = `127.0.0.1:${listener.port}`;
  const name = `${server}/${REPOSITORY}:run`;
  // Not by an argument: others on the node read these.
  const auth = Buffer.from(`${USER}:${password.reveal()}`).toString('base64');
  const config = JSON.stringify({ auths: { [server]: { auth } } });
  const command = sh`umask 077
d=$(mktemp -d /dev/shm/oms-play.0.XXXXXX 2>/dev/null || mktemp -d /tmp/oms-play.0.XXXXXX) || exit
trap 'rm -rf -- "$d"' EXIT; trap 'exit 1' HUP INT TERM PIPE
cat >"$d/config.json" || exit
docker --config "$d" pull -q ${name} >/dev/null || exit
for t in ${wanted.tags}; do docker tag ${name} "$t" || exit; done
docker rmi ${name} >/dev/null`;
  try {
    const done = await node.run(command, { stdin: config });
    if (done.exitCode !== 0) throw commandError(`docker pull failed on ${node.name}`, command, done);
  } finally {
    await listener.close();
  }
}

function progressOf(node: NodeWriter, { image, wanted }: PullRequest): (bytes: number) => void {
  const total = [...image.blobs.values()].reduce((sum, blob) => sum + blob.size, 0);
  const rate = new Rate();
  let [done, told] = [0, 0];
  return (bytes) => {
    done += bytes;
    const now = performance.now();
    if (now - told < TOLD_EVERY_MS && done < total) return;
    told = now;
    node.progress(wanted.name, Math.min(done, total), total, {
      unit: 'bytes',
      ...paceOf(done, total, rate.note(done, now)),
    });
  };
}
