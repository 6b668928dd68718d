import { expect } from 'chai';
import type { ContainerInfo } from '../../src/modules/docker/inspect.ts';
import { containerArgs } from '../../src/modules/docker_container/args.ts';
import { aspectsOf, differences } from '../../src/modules/docker_container/aspects.ts';
import { runCommand } from '../../src/modules/docker_container/run-command.ts';

const IMAGE = { Id: 'sha256:01' };

function container(config: object = {}, hostConfig: object = {}): ContainerInfo {
  const State = {
    Status: 'running',
    Running: true,
    Paused: false,
    Restarting: false,
    ExitCode: 0,
    StartedAt: 't',
  };
  const Config = { Image: 'oms:1', Tty: false, OpenStdin: false, ...config };
  const HostConfig = { NetworkMode: 'default', Privileged: false, ...hostConfig };
  return { Id: 'c1', Name: '/oms', Image: 'sha256:01', Created: 't', State, Config, HostConfig };
}

function differing(given: object, now: ContainerInfo): string[] {
  const args = containerArgs.parse({ name: 'oms', ...given });
  return differences(aspectsOf(args, IMAGE), now).map((row) => row.name);
}

describe('docker_container', () => {
  const equal: [string, object, ContainerInfo][] = [
    ['an image by its ID, whatever it was called', { image: 'other:2' }, container()],
    ['no limit of processes: -1 and null', { pids_limit: -1 }, container({}, { PidsLimit: null })],
    ['no limit of processes: 0 and -1', { pids_limit: 0 }, container({}, { PidsLimit: -1 })],
    [
      'binds in another order, rw said or unsaid',
      { volumes: ['/a:/b:rw', '/c/:/d:ro'] },
      container({}, { Binds: ['/c:/d:ro', '/a:/b'] }),
    ],
    ['no binds', { volumes: [] }, container({}, { Binds: null })],
    ['bridge and default', { network_mode: 'bridge' }, container()],
    ['more variables than asked for', { env: { A: 1 } }, container({ Env: ['PATH=/bin', 'A=1'] })],
    ['a value with an equals sign', { env: { A: 'b=c' } }, container({ Env: ['A=b=c'] })],
    [
      'a soft limit alone',
      { ulimits: ['nofile:9'] },
      container({}, { Ulimits: [{ Name: 'nofile', Soft: 9, Hard: 9 }] }),
    ],
    ['memory with a unit', { memory: '8g' }, container({}, { Memory: 8 * 1024 ** 3 })],
    ['half a CPU', { cpus: 0.5 }, container({}, { NanoCpus: 5e8 })],
    ['no restart policy', { restart_policy: 'no' }, container({}, { RestartPolicy: { Name: '' } })],
    [
      'retries',
      { restart_policy: 'on-failure:3' },
      container({}, { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 } }),
    ],
    [
      'ports',
      { published_ports: ['80:8080', '127.0.0.1:1:1/udp'] },
      container(
        {},
        {
          PortBindings: {
            '8080/tcp': [{ HostIp: '', HostPort: '80' }],
            '1/udp': [{ HostIp: '127.0.0.1', HostPort: '1' }],
          },
        },
      ),
    ],
    ['a command as a line', { command: "sh -c 'a b'" }, container({ Cmd: ['sh', '-c', 'a b'] })],
    [
      'what was not asked for',
      {},
      container({ Tty: true, User: 'x' }, { Privileged: true, Binds: ['/a:/b'] }),
    ],
  ];
  for (const [what, given, now] of equal) {
    it(`takes as equal: ${what}`, () => expect(differing(given, now)).to.deep.equal([]));
  }

  const different: [object, ContainerInfo, string][] = [
    [{ image: 'oms:1' }, { ...container(), Image: 'sha256:00' }, 'image'],
    [{ volumes: ['/a:/b'] }, container({}, { Binds: ['/a:/b', '/x:/y'] }), 'volumes'],
    [{ volumes: ['/a:/b:ro'] }, container({}, { Binds: ['/a:/b'] }), 'volumes'],
    [{ env: { A: '' } }, container({ Env: [] }), 'env A'],
    [{ pids_limit: 100 }, container(), 'pids_limit'],
    [{ privileged: false }, container({}, { Privileged: true }), 'privileged'],
    [{ network_mode: 'host' }, container(), 'network_mode'],
    [{ tty: true }, container(), 'tty'],
    [{ ulimits: ['nproc:1:2'] }, container(), 'ulimit nproc'],
    [{ labels: { a: 'b' } }, container(), 'label a'],
    [{ command: ['a b'] }, container({ Cmd: ['a', 'b'] }), 'command'],
  ];
  for (const [given, now, name] of different) {
    it(`sees a difference: ${JSON.stringify(given)}`, () =>
      expect(differing(given, now)).to.deep.equal([name]));
  }

  it('hides secrets in rows and arguments, and hands them over by the environment', () => {
    const args = containerArgs.parse({ name: 'oms', env: { API_TOKEN: 'abc', A: 'b c' } });
    const rows = differences(aspectsOf(args, undefined), container({ Env: ['API_TOKEN=old', 'A=b c'] }));
    expect(rows).to.deep.equal([{ name: 'env API_TOKEN', before: '***', after: '***', live: false }]);
    const { command, options } = runCommand(args, 'oms:1', true);
    expect(command.text).to.equal("docker run -d -e API_TOKEN -e 'A=b c' --name oms oms:1");
    expect(options.environment).to.deep.equal({ API_TOKEN: 'abc' });
  });

  const wrong: [object, string][] = [
    [{ volumes: ['data:relative'] }, 'write SOURCE:PATH'],
    [{ volumes: ['./a:/b'] }, 'write SOURCE:PATH'],
    [{ ulimits: ['nproc=1:2'] }, 'write NAME:SOFT:HARD'],
    [{ memory: 'much' }, 'a number with a unit'],
    [{ restart_policy: 'sometimes' }, 'one of no, always'],
    [{ published_ports: ['80'] }, 'write HOST_PORT:PORT'],
    [{ env: { 'A B': '1' } }, 'not a name of an environment variable'],
    [{ name: '-f' }, 'not a name for a container'],
    [{ image: '--privileged' }, 'not an image name'],
  ];
  for (const [given, message] of wrong) {
    it(`refuses ${JSON.stringify(given)}`, () => {
      const { error } = containerArgs.safeParse({ name: 'oms', ...given });
      expect(JSON.stringify(error?.issues)).to.contain(message);
    });
  }
});
