import { expect } from 'chai';
import type { AnyModule, Check } from '../../src/modules/define.ts';
import { ModuleError } from '../../src/modules/define.ts';
import { omsHealth } from '../../src/modules/oms_health/index.ts';
import { omsInit } from '../../src/modules/oms_init/index.ts';
import { initialisesItself } from '../../src/modules/oms_init/self.ts';
import { saysCompleted, stepsIn } from '../../src/modules/oms_init/steps.ts';
import { omsMetadb } from '../../src/modules/oms_metadb/index.ts';
import type { CommandOptions } from '../../src/transport/node.ts';
import type { ShellCommand } from '../../src/transport/command.ts';
import type { ExecResult } from '../../src/transport/contract.ts';
import { FakeNode } from './fake-node.ts';
import type { FakeState } from './fake-node.ts';
import { FakeMysql } from './mysql-session.ts';
import type { FakeAnswer } from './mysql-session.ts';

const LOGIN = { login_host: '10.0.0.5', login_port: 2883, login_user: 'oms', login_password: 'Geheim_1' };
const MISSING = 'ER_NO_SUCH_TABLE';

function container(image: string): string {
  return JSON.stringify({
    Id: '1',
    Name: '/oms',
    Image: 'sha256:a',
    Created: 'x',
    State: {
      Status: 'running',
      Running: true,
      Paused: false,
      Restarting: false,
      ExitCode: 0,
      StartedAt: 'T',
    },
    Config: { Image: image, Tty: true, OpenStdin: true },
    HostConfig: { Binds: [], NetworkMode: 'host', Privileged: true },
  });
}

async function check(
  make: (open: FakeMysql['connect']) => AnyModule,
  args: Record<string, unknown>,
  state: { readonly node?: FakeState; readonly answers?: readonly FakeAnswer[] },
): Promise<Check<Record<string, unknown>, unknown>> {
  const server = new FakeMysql(state.answers);
  const module = make(server.connect);
  const found = module.check(new FakeNode(state.node), module.args.parse({ ...LOGIN, ...args }));
  return (await found.finally(() => expect(server.open).to.equal(0))) as Check<
    Record<string, unknown>,
    unknown
  >;
}

async function failure(promise: Promise<unknown>): Promise<ModuleError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(ModuleError);
  return error as ModuleError;
}

describe('modules/oms_init', () => {
  it('knows by the tag who initialises', () => {
    const own = (name: string) => initialisesItself([name]);
    expect(own('r.example.com/oms:feature_4.2.0')).to.equal(false);
    expect(own('r.example.com/oms:feature_3.3.0-bp1')).to.equal(false);
    expect(own('r.example.com:5000/oms:feature_4.2.7_ce')).to.equal(true);
    expect(own('oms-ce:4.2.11')).to.equal(true);
    expect(own('oms:feature_4.10.0')).to.equal(true);
    expect(own('oms:5.0')).to.equal(true);
    expect(own('sha256:42')).to.equal(undefined);
    expect(own('r.example.com:4300/oms')).to.equal(undefined);
    expect(initialisesItself([])).to.equal(undefined);
  });

  it('reads steps and last words', () => {
    expect(stepsIn('x\n[Step 1/5] a\r\n[Step 1/5] python\n[Step 2/5] b')).to.deep.equal({
      done: 2,
      total: 5,
      names: ['a', 'b'],
    });
    expect(stepsIn('')).to.deep.equal({ done: 0, total: 0, names: [] });
    expect(saysCompleted('a\n[Completed] All initialization steps are executed\n')).to.equal(true);
    expect(saysCompleted('[End] All initialization steps completed successfully')).to.equal(true);
    expect(saysCompleted('echo "[End] All initialization steps completed successfully"')).to.equal(false);
  });

  const commands = [
    { match: 'docker inspect', stdout: container('oms:feature_4.2.0') },
    { match: 'test -s', exitCode: 1 },
  ];
  const region = { container: 'oms', region: 'cn-hangzhou', location: '1', rm_db: 'oms_rm' };

  it('takes the region in the MetaDB for initialised', async () => {
    const answers = [{ match: '`oms_rm`.cluster_info', rows: [{ region: 'cn-hangzhou' }] }];
    const found = await check(omsInit, region, { node: { commands }, answers });
    expect(found.changes).to.deep.equal([]);
    expect(found.result).to.deep.include({ initialised: true, known_by: 'metadb' });
  });

  it('finds a MetaDB without tables, or without the row, not initialised', async () => {
    for (const answers of [[{ match: 'cluster_info', code: MISSING }], []]) {
      const found = await check(omsInit, region, { node: { commands }, answers });
      expect(found.changes).to.have.lengthOf(1);
    }
  });

  it("refuses another region's code", async () => {
    const answers = [{ match: 'cluster_info', rows: [{ region: 'cn-beijing' }] }];
    const error = await failure(check(omsInit, region, { node: { commands }, answers }));
    expect(error.failure.message).to.contain('cm_location 1 belongs to region "cn-beijing"');
  });

  it('tells how far it is while the script runs', async () => {
    const told: string[] = [];
    class Watched extends FakeNode {
      override progress(...[label, done, total, unit]: [string?, number?, number?, unknown?]): void {
        told.push(`${label} ${done}/${total} ${String(unit)}`);
      }
      override async run(command: ShellCommand, options: CommandOptions = {}): Promise<ExecResult> {
        options.onOutput?.('stdout', '[Step 1/2] a\n[St');
        options.onOutput?.('stdout', 'ep 2/2] b\n');
        return super.run(command);
      }
    }
    const last = '[Step 1/2] a\n[Step 2/2] b\n[Completed] All initialization steps are executed\n';
    const node = new Watched({ commands: [...commands, { match: 'docker_init.sh', stdout: last }] });
    const module = omsInit(new FakeMysql().connect);
    const args = module.args.parse({ container: 'oms' });
    await module.apply(node, args, await module.check(node, args));
    expect(told).to.deep.equal([
      'initialisation 0/2 steps',
      'initialisation 1/2 steps',
      'initialisation 2/2 steps',
    ]);
  });
});

describe('modules/oms_health', () => {
  const programs = ['nginx', 'oms_console', 'oms_drc_cm', 'oms_drc_supervisor', 'sshd'];
  const node: FakeState = {
    commands: [{ match: 'supervisorctl', stdout: programs.map((name) => `${name} RUNNING\n`).join('') }],
    http: [{ at: '10.0.1.11:8089', body: '{"data":{"healthy":true}}' }],
  };
  const args = {
    container: 'oms',
    timeout: 0,
    rm_db: 'oms_rm',
    location: 1,
    cm_db: 'oms_cm',
    heartbeat_db: 'oms_hb',
    expect_hosts: ['10.0.1.11', '10.0.1.12'],
  };
  const well: readonly FakeAnswer[] = [
    { match: '`oms_rm`.cluster_info', rows: [{ region: 'cn-hangzhou' }] },
    {
      match: '`oms_cm`.host',
      rows: [
        { ip: '10.0.1.11', status: 'ONLINE' },
        { ip: '10.0.1.12', status: 'ONLINE' },
      ],
    },
    {
      match: '`oms_hb`.heart_beat',
      rows: [
        { ip: '10.0.1.11', age: 1 },
        { ip: '10.0.1.12', age: '29' },
      ],
    },
  ];

  it('is content with hosts ONLINE and fresh', async () => {
    const found = await check(omsHealth, args, { node, answers: well });
    expect(found.result['checks']).to.deep.equal({
      programs: '5 RUNNING',
      console: 'healthy (http)',
      metadb: '2 hosts ONLINE',
    });
  });

  it('names hosts that are not', async () => {
    const answers = [
      { match: '`oms_cm`.host', rows: [{ ip: '10.0.1.11', status: 'OFFLINE' }] },
      { match: '`oms_hb`.heart_beat', rows: [{ ip: '10.0.1.11', age: 31 }] },
    ];
    const error = await failure(check(omsHealth, args, { node, answers }));
    expect(error.failure.message).to.equal(
      'OMS on hz-1 is not healthy: metadb: region 1 is not in oms_rm.cluster_info, 10.0.1.11 OFFLINE, ' +
        '10.0.1.12 is not in oms_cm.host, the heartbeat of 10.0.1.11 is 31 s old, 10.0.1.12 has no heartbeat',
    );
    expect(error.failure.stdout).to.contain('well  programs: 5 RUNNING').and.to.contain('NOT WELL  metadb: ');
  });

  it('waits for tables and for the MetaDB itself', async () => {
    const missing = await failure(
      check(omsHealth, args, { node, answers: [{ match: 'cluster_info', code: MISSING }] }),
    );
    expect(missing.failure.message).to.contain('the tables of OMS are not there yet');
    const away = [{ match: '(connect)', message: 'cannot log in to MySQL as oms@10.0.0.5:2883' }];
    expect((await failure(check(omsHealth, args, { node, answers: away }))).failure.message).to.contain(
      'metadb: cannot log in',
    );
  });

  it('finds out that the console speaks https', async () => {
    const http = [
      { at: '10.0.1.11:8089', status: 400, body: 'The plain HTTP request was sent to HTTPS port' },
    ];
    const error = await failure(
      check(omsHealth, { container: 'oms', timeout: 0 }, { node: { ...node, http } }),
    );
    expect(error.failure.message).to.contain('console: https: ');
  });
});

describe('modules/oms_metadb', () => {
  const args = {
    rm_db: 'oms_rm',
    cm_db: 'oms_cm',
    heartbeat_dbs: ['oms_hb'],
    regions: [
      { region: 'cn-hangzhou', location: 1, nodes: ['10.0.1.11'] },
      { region: 'cn-heilongjiang', location: '2', nodes: ['10.0.2.11'] },
    ],
  };
  const tables = (name: string, count: number, own: number) => ({
    match: 'information_schema',
    rows: [{ name, tables: count, own: String(own) }],
  });
  const regions = (...rows: (readonly [string, number])[]) => ({
    match: 'cluster_info ORDER',
    rows: rows.map(([region, code]) => ({ region, code, cm_url: null, is_default_cm: 1 })),
  });
  const hosts = (...rows: (readonly [string, string])[]) => ({
    match: '.host h',
    rows: rows.map(([ip, location]) => ({ ip, status: 'ONLINE', location })),
  });
  const refusal = async (...answers: FakeAnswer[]) =>
    (await failure(check(omsMetadb, args, { answers }))).failure.message;

  it('is content with nothing, and with empty databases', async () => {
    const none = ['cluster_info', '.host h', 'oms_version ORDER'].map((match) => ({ match, code: MISSING }));
    const found = await check(omsMetadb, args, { answers: [...none, tables('oms_rm', 0, 0)] });
    expect(found.result).to.deep.equal({
      databases: ['oms_rm'],
      version: null,
      regions: [],
      hosts: [],
      foreign: [],
    });
  });

  it('recognises its own cluster, also one that grows', async () => {
    const answers = [
      regions(['cn-hangzhou', 1], ['cn-beijing', 3]),
      hosts(['10.0.1.11', '1'], ['10.0.1.12', '1']),
      tables('oms_rm', 5, 1),
    ];
    const found = await check(omsMetadb, args, { answers });
    expect(found.result['foreign']).to.deep.equal([]);
    expect(found.result['regions']).to.have.lengthOf(2);
  });

  it('refuses other regions, other codes, other hosts, other tables', async () => {
    expect(await refusal(regions(['cn-beijing', 3]))).to.contain(
      'has regions cn-beijing, and none of this inventory',
    );
    expect(await refusal(regions(['cn-beijing', 1]))).to.contain(
      'region cn-beijing with code 1; here cn-hangzhou has 1',
    );
    expect(await refusal(regions(['cn-hangzhou', 7]))).to.contain('region cn-hangzhou with code 7');
    expect(await refusal(regions(['cn-hangzhou', 1]), hosts(['172.16.0.1', '1']))).to.contain(
      '172.16.0.1 in region cn-hangzhou',
    );
    expect(await refusal(tables('oms_rm', 12, 0))).to.contain('oms_rm holds tables that are not of OMS');
  });

  it('only warns when reuse is wished', async () => {
    const found = await check(omsMetadb, { ...args, reuse: true }, { answers: [regions(['cn-beijing', 3])] });
    expect(found.warnings).to.have.lengthOf(1);
    expect(found.changes).to.deep.equal([]);
  });
});
