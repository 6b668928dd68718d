import { randomBytes } from 'node:crypto';
import type { ByteChannel } from './channel.ts';
import { Talk } from './become-talk.ts';
import { sh } from './command.ts';
import type { Become, Link } from './contract.ts';
import { TransportError } from './contract.ts';
import { ShellLink } from './link.ts';

const LIMIT_MS = 60_000;

/** A container, and the machine that it is on. */
export interface ContainerPlace {
  /** The node as messages name it. */
  readonly node: string;
  readonly container: string;
  /** undefined: whom its image says. */
  readonly user: string | undefined;
  /** As whom docker is called. */
  readonly become: Become | undefined;
  readonly carrier: Link;
}

/**
 * A link into a container: shells by `docker exec -i` on the machine that carries it. Becoming another user is docker's
 * own: whoever may call it may be anyone in there. Closing it leaves the carrier's link open.
 */
export function openContainerLink(place: ContainerPlace): Link {
  return new ShellLink({
    name: place.node,
    loginUser: place.user ?? '',
    openChannel: (argv) => inContainer(place, place.user, argv),
    openShell: (become) => inContainer(place, become?.user ?? place.user, ['/bin/sh']),
    openConnection: async (host, port) => {
      await assertHostNetwork(place);
      return place.carrier.openConnection(host, port);
    },
    lost: () => place.carrier.lost?.(),
    close: async () => undefined,
  });
}

async function inContainer(
  { node, container, become, carrier }: ContainerPlace,
  user: string | undefined,
  argv: readonly string[],
): Promise<ByteChannel> {
  if (carrier.start === undefined) {
    throw new TransportError('refused', `${node}: no program can be started on the machine of the container`);
  }
  const ready = `oms-play-ready-${randomBytes(8).toString('hex')}`;
  const as = user === undefined ? [] : ['-u', user];
  const inside = `echo ${ready}; exec "$@"`;
  const command = sh`exec docker exec -i ${as} ${container} /bin/sh -c ${inside} sh ${argv}`;
  const channel = await carrier.start({ command, become });
  const streams = { ready: channel.stdout, questions: [channel.stderr], answers: channel.stdin };
  const talk = new Talk({ ...streams, done: channel.done }, LIMIT_MS);
  try {
    const event = await talk.next(ready, () => undefined);
    if (event === 'ready') return channel;
    channel.destroy();
    throw notThere(node, container, talk.words);
  } finally {
    talk.stop();
  }
}

/** Only the mend depends on docker's words. */
function notThere(node: string, container: string, words: string): TransportError {
  const said = words === '' ? 'docker exec ended without a word' : words;
  const message = `${node}: cannot work in the container ${container}: ${said}`;
  return new TransportError('unreachable', message, mend(words, container));
}

function mend(words: string, container: string): string {
  if (/no such container/i.test(words)) return 'Check ansible_container and ansible_container_node.';
  if (/is not running|is paused/i.test(words)) return `Start it first: docker start ${container}`;
  if (/permission denied/i.test(words))
    return 'docker needs more rights there: become: true, or the group docker.';
  if (/docker.*not found/i.test(words)) return 'Install Docker on the node that carries the container.';
  if (/unable to find user|no matching entries in passwd/i.test(words))
    return 'Create that user in the container, or name another one.';
  if (/\/bin\/sh/.test(words)) return 'The container needs a /bin/sh.';
  return 'Try docker exec by hand on the node that carries it.';
}

/** Elsewhere the machine reaches other addresses than the container does. */
async function assertHostNetwork({ node, container, become, carrier }: ContainerPlace): Promise<void> {
  const command = sh`docker inspect -f ${'{{.HostConfig.NetworkMode}}'} ${container}`;
  const { stdout } = await carrier.exec({ command, become });
  if (stdout.toString('utf8').trim() === 'host') return;
  throw new TransportError(
    'forward-refused',
    `${node}: the container ${container} has a network of its own, where no connection can be begun from here`,
    'Delegate this task to the node that carries the container.',
  );
}
