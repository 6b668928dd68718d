import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { hostname, networkInterfaces, release, tmpdir, totalmem, userInfo } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { DataMap } from '../../../src/model/data.ts';
import { mounts } from '../../../src/modules/setup/groups/mounts.ts';
import { module as setup } from '../../../src/modules/setup/index.ts';
import { script } from '../../../src/transport/command.ts';
import type { Link } from '../../../src/transport/contract.ts';
import { createNode, type NodeOptions } from '../../../src/transport/remote-node.ts';
import { installShells, linkWith, openWith } from '../../transport/shells.ts';

describe('setup on real shells', () => {
  const shells = installShells();
  const home = mkdtempSync(join(tmpdir(), "oms-play it's facts-"));
  after(() => {
    shells.close();
    rmSync(home, { recursive: true });
  });

  async function gather(link: Link, args: object, more: Partial<NodeOptions> = {}) {
    const node = createNode({
      name: 'here',
      address: '127.0.0.1',
      link: () => Promise.resolve(link),
      ...more,
    });
    const { result, warnings } = await setup.check(node, setup.args.parse({ fact_path: home, ...args }));
    const { ansible_facts, oms_facts } = setup.returns.parse(result) as Record<
      string,
      Record<string, unknown>
    >;
    return { facts: ansible_facts ?? {}, own: oms_facts ?? {}, warnings };
  }

  it('are dash, bash and busybox', () => {
    expect(shells.kinds.map(({ name }) => name)).to.deep.equal(['dash as sh', 'bash as sh', 'busybox ash']);
  });

  for (const kind of shells.kinds) {
    describe(kind.name, () => {
      let link: Link;
      before(() => (link = linkWith(openWith(kind))));
      after(() => link.close());

      it('tells what this machine says of itself by other ways', async () => {
        const { facts, own } = await gather(link, {}, { environment: { WORDS: 'a b\n"c\' $d 目=' } });
        const { uid, gid, username, homedir } = userInfo();
        expect(facts).to.deep.include({
          ansible_system: 'Linux',
          ansible_kernel: release(),
          ansible_nodename: hostname(),
          ansible_user_id: username,
          ansible_user_uid: uid,
          ansible_user_gid: gid,
          ansible_user_dir: homedir,
          ansible_effective_user_id: uid,
          ansible_memtotal_mb: Math.floor(totalmem() / 1024 / 1024),
        });
        expect((facts['ansible_env'] as DataMap)['WORDS']).to.equal('a b\n"c\' $d 目=');
        expect(facts['ansible_architecture']).to.match(/^(x86_64|aarch64)$/);
        const { description } = facts['ansible_lsb'] as { description: string };
        expect(readFileSync('/etc/os-release', 'utf8')).to.include(description);
        const { epoch } = facts['ansible_date_time'] as { epoch: string };
        expect(Number(epoch) * 1000).to.be.closeTo(Date.now(), 5000);
        const { offset, precision } = own['clock'] as { offset: number; precision: number };
        // It is the same clock: what it seems to be off is no more than what it may be off.
        expect(Math.abs(offset)).to.be.at.most(precision + 0.002);
      });

      it('file systems, processors and interfaces', async () => {
        const before = networkInterfaces();
        const { facts } = await gather(link, { gather_subset: ['!min', 'hardware', 'network'] });
        const root = (facts['ansible_mounts'] as Record<string, unknown>[]).find(
          ({ mount }) => mount === '/',
        );
        const { blocks, bsize } = statfsSync('/');
        // In a container the root may be no device, which is then no mount in this sense.
        if (root !== undefined) expect(root).to.include({ size_total: blocks * bsize, block_size: bsize });
        const cpuinfo = readFileSync('/proc/cpuinfo', 'utf8').match(/^processor/gm) ?? [];
        expect(facts['ansible_processor_vcpus']).to.equal(cpuinfo.length);
        expect(facts['ansible_processor_nproc']).to.be.within(1, cpuinfo.length);
        // Others may make and remove interfaces meanwhile.
        const after = networkInterfaces();
        const names = Object.keys(before).filter((name) => name in after);
        expect(facts['ansible_interfaces']).to.include.members(names);
        const addresses = names.flatMap((name) => after[name] ?? []);
        const ipv4 = addresses.filter(({ family, internal }) => family === 'IPv4' && !internal);
        expect(facts['ansible_all_ipv4_addresses']).to.include.members(ipv4.map(({ address }) => address));
      });

      it('local facts: text, programs, what is broken', async () => {
        const folder = join(home, kind.name.replaceAll(' ', '-'));
        mkdirSync(folder);
        const put = (name: string, text: string, mode = 0o644) =>
          writeFileSync(join(folder, name), text, { mode });
        put('cm.fact', '{"location": [1, 2]}');
        put('odd name$x.fact', '[s]\nk = v\n');
        put(
          'run.fact',
          '#!/bin/sh\necho "{\\"args\\": $#, \\"stdin\\": \\"$(cat)\\"}"\necho noise >&2\n',
          0o755,
        );
        put('fails.fact', '#!/bin/sh\necho {}\nexit 3\n', 0o755);
        put('broken.fact', 'oops');
        put('ignored.txt', '{}');
        mkdirSync(join(folder, 'folder.fact'));
        const { facts, warnings } = await gather(link, {
          gather_subset: ['!all', '!min', 'local'],
          fact_path: folder,
        });
        expect(facts).to.deep.equal({
          ansible_local: {
            cm: { location: [1, 2] },
            'odd name$x': { s: { k: 'v' } },
            run: { args: 0, stdin: '' },
          },
        });
        expect(warnings).to.deep.equal([
          'the local fact broken.fact is left out: it is neither JSON nor INI',
          'the local fact fails.fact is left out: its program ended with exit code 3',
        ]);
      });

      it('no tool but the shell: what it knows itself, and no error', async () => {
        const { facts, own, warnings } = await gather(link, {}, { environment: { PATH: '/nonexistent' } });
        expect(warnings).to.deep.equal([]);
        expect(facts['ansible_user_uid']).to.equal(userInfo().uid);
        expect(own['docker']).to.deep.equal({ installed: false, reachable: false });
        // ash of busybox has its tools within.
        if (kind.tools === undefined)
          expect(facts).to.not.have.any.keys('ansible_kernel', 'ansible_date_time');
      });

      it('mounts with blanks and backslashes in their names; servers one by one', async () => {
        const odd = join(home, `${kind.name} a\\b`);
        mkdirSync(odd);
        const escaped = odd.replaceAll('\\', '\\134').replaceAll(' ', '\\040');
        const lines = [
          `/dev/x ${escaped} ext4 rw 0 0`,
          `srv:/e ${escaped} nfs4 rw 0 0`,
          '/dev/y /gone xfs rw 0 0',
        ];
        const text = `s(){ :;};t='timeout 5' k=$(cat);${mounts.script}; echo "[$IFS]"`;
        const stdin = Buffer.from(lines.map((line) => `/proc/self/mounts:${line}\n`).join(''));
        const { stdout } = await link.exec({ command: script(text), stdin });
        const [first, second, third] = stdout.toString().split('\n');
        // What is free changes while one looks.
        for (const line of [first, second]) expect(line?.replace(/^\d+( \d+){5} /, '')).to.equal(odd);
        expect(third).to.equal('[]');
      });
    });
  }

  it('a program among the local facts that hangs costs only itself', async () => {
    const [kind] = shells.kinds;
    if (kind === undefined) expect.fail('no shell');
    const folder = join(home, 'slow');
    mkdirSync(folder);
    writeFileSync(join(folder, 'slow.fact'), '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
    writeFileSync(join(folder, 'z.fact'), '{"fine": true}');
    const link = linkWith(openWith(kind));
    const { facts, warnings } = await gather(link, {
      gather_subset: ['!all', '!min', 'local'],
      fact_path: folder,
      gather_timeout: 1,
    });
    await link.close();
    expect(facts).to.deep.equal({ ansible_local: { z: { fine: true } } });
    expect(warnings?.join()).to.match(/slow\.fact is left out: its program took longer than gather_timeout/);
  });
});
