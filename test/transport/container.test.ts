import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Secret } from '../../src/model/secret.ts';
import { script } from '../../src/transport/command.ts';
import { openContainerLink } from '../../src/transport/container.ts';
import type { Link } from '../../src/transport/contract.ts';
import { TaskTimeoutError, TransportError } from '../../src/transport/contract.ts';
import { openChild } from '../../src/transport/local.ts';
import { createNode } from '../../src/transport/remote-node.ts';
import { linkWith } from './shells.ts';

/** `docker exec -i [-u USER] NAME WORDS…` runs the words here and tells where and as whom; `inspect` tells the network. */
const DOCKER = `#!/bin/sh
echo "$*" >> "$0.calls"
[ "$1" = inspect ] && { echo "$NETWORK"; exit; }
shift 2; IN_AS=; [ "$1" = -u ] && { IN_AS=$2; shift 2; }
IN=$1; export IN IN_AS; shift
case $IN in
  none) echo "Error response from daemon: No such container: none" >&2; exit 1;;
  stopped) echo "Error response from daemon: Container 1a is not running" >&2; exit 1;;
  locked) echo "permission denied while trying to connect to the Docker daemon socket" >&2; exit 1;;
esac
exec "$@"`;

describe('a link into a container', () => {
  let dir: string;
  let carrier: Link;
  let network = 'host';

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'oms-play-container-'));
    writeFileSync(join(dir, 'docker'), DOCKER, { mode: 0o755 });
    carrier = linkWith((argv) =>
      openChild(['env', `PATH=${dir}:${process.env['PATH'] ?? ''}`, `NETWORK=${network}`, ...argv]),
    );
  });
  afterEach(async () => {
    await carrier.close();
    rmSync(dir, { recursive: true });
  });

  const into = (container: string, user?: string): Link =>
    openContainerLink({ node: 'hz-1', container, user, become: undefined, carrier });
  const calls = (): string[] => readFileSync(join(dir, 'docker.calls'), 'utf8').trim().split('\n');
  const say = async (link: Link, text: string): Promise<string> =>
    (await link.exec({ command: script(text) })).stdout.toString();
  const failure = async (link: Link): Promise<TransportError> => {
    const error: unknown = await say(link, 'true').catch((e: unknown) => e);
    expect(error).to.be.instanceOf(TransportError);
    return error as TransportError;
  };

  it('runs everything in one shell there, as whom the image says or another', async () => {
    const [link, other] = [into('oms'), into('oms', 'app')];
    expect(await Promise.all([say(link, 'echo $IN.$IN_AS.$$'), say(link, 'echo $IN')])).to.satisfy(
      ([first, second]: string[]) => /^oms\.\.\d+\n$/.test(first ?? '') && second === 'oms\n',
    );
    expect(await say(other, 'echo $IN.$IN_AS')).to.equal('oms.app\n');
    expect(calls()).to.have.length(2);
    expect(calls()[0]).to.match(/^exec -i oms \/bin\/sh -c /);
    await Promise.all([link.close(), other.close()]);
    expect(await say(carrier, 'echo still open')).to.equal('still open\n');
  });

  it('becomes another user by docker itself, without sudo and password', async () => {
    const link = into('oms');
    const become = { user: 'mysql', password: new Secret('not-needed'), method: 'su' } as const;
    const result = await link.exec({ command: script('echo $IN_AS'), become });
    expect(result.stdout.toString()).to.equal('mysql\n');
    expect(calls().join(' ')).not.to.contain('not-needed');
    await link.close();
  });

  it('moves files both ways, large ones too, and streams output', async () => {
    const link = into('oms');
    const node = createNode({ name: 'hz-1', address: '10.0.0.1', link: async () => link });
    const bytes = Buffer.alloc(200_000, 'ab\0\n');
    await node.writeFile(join(dir, 'large'), bytes, { mode: '0600' });
    expect((await node.readFile(join(dir, 'large')))?.equals(bytes)).to.equal(true);
    writeFileSync(join(dir, 'from'), 'content');
    await node.uploadFile(join(dir, 'from'), join(dir, 'to'));
    expect(readFileSync(join(dir, 'to'), 'utf8')).to.equal('content');
    const heard: string[] = [];
    const command = script('echo one; echo two >&2; exit 3');
    const { exitCode } = await node.run(command, { onOutput: (stream, text) => heard.push(stream + text) });
    expect([exitCode, heard.toSorted()]).to.deep.equal([3, ['stderrtwo\n', 'stdoutone\n']]);
    await link.close();
  });

  it('time limits end what runs there', async () => {
    const link = into('oms');
    const running = link.exec({ command: script('sleep 60'), timeoutMs: 50 });
    expect(await running.catch((e: unknown) => e)).to.be.instanceOf(TaskTimeoutError);
    expect(await say(link, 'echo $IN')).to.equal('oms\n');
    await link.close();
  });

  it('says what docker says, and how to mend it', async () => {
    const found = await Promise.all(['none', 'stopped', 'locked'].map((name) => failure(into(name))));
    expect(found.map(({ kind, hint }) => `${kind}: ${hint}`)).to.deep.equal([
      'unreachable: Check ansible_container and ansible_container_node.',
      'unreachable: Start it first: docker start stopped',
      'unreachable: docker needs more rights there: become: true, or the group docker.',
    ]);
    expect(found[0]?.message).to.equal(
      'hz-1: cannot work in the container none: Error response from daemon: No such container: none',
    );
  });

  it('opens connections where the container has the network of its machine, else not', async () => {
    const ours = into('oms');
    const error: unknown = await ours.openConnection('127.0.0.1', 1).catch((e: unknown) => e);
    expect(String(error)).to.contain('not here');
    network = 'bridge';
    const other = linkWith((argv) =>
      openChild(['env', `PATH=${dir}:/usr/bin:/bin`, 'NETWORK=bridge', ...argv]),
    );
    const place = { node: 'hz-1', container: 'oms', user: undefined, become: undefined, carrier: other };
    const refused: unknown = await openContainerLink(place)
      .openConnection('10.0.0.9', 1)
      .catch((e: unknown) => e);
    expect(refused).to.include({ kind: 'forward-refused' });
    await other.close();
  });
});
