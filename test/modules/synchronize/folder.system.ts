import {
  chmodSync,
  existsSync,
  mkdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { expect } from 'chai';
import { sh } from '../../../src/transport/command.ts';
import { installShells } from '../../transport/shells.ts';
import { FolderFixture } from '../folder-fixture.ts';

const shells = installShells();
const [anyKind] = shells.kinds;
if (anyKind === undefined) throw new Error('this machine has no shell');

describe('synchronize', () => {
  const fixture = new FolderFixture('synchronize');
  after(() => shells.close());

  for (const kind of shells.kinds) {
    describe(`over ${kind.name}`, () => {
      fixture.over(kind);

      it('synchronizes: content, modes, times, links; deletes what is more, but not what is left out', async () => {
        for (const path of ['a', 'b', 'run.sh', 'deep/c', 'deep/er/d', 'x.log']) fixture.write(`src/${path}`);
        chmodSync(fixture.at('src/run.sh'), 0o4750);
        chmodSync(fixture.at('src/deep/er'), 0o500);
        utimesSync(fixture.at('src/a'), 1_500_000_000, 1_500_000_000);
        symlinkSync('../b\n', fixture.at('src/deep/link'));
        symlinkSync('deep', fixture.at('src/to deep'));
        for (const path of ['b', 'more/x/y', 'keep.log', 'in/keep.log', 'in/gone', 'deep/link'])
          fixture.write(`to/${path}`);
        const run = await fixture.converge({ delete: true, exclude: ['*.log'] });
        chmodSync(fixture.at('src/deep/er'), 0o700);
        expect(run.result).to.deep.equal({ dest: fixture.at('to'), files: 5, deleted: 2 });
        expect(fixture.said(run)).to.include.members([
          '/to/more: directory → absent',
          '/to/in/gone: file → absent',
          '/to/deep/link: file → link to ../b\n',
        ]);
        expect(fixture.text('to/b')).to.equal('src/b');
        expect([fixture.mode('to/run.sh'), fixture.mode('to/deep/er')]).to.deep.equal(['4750', '500']);
        expect(statSync(fixture.at('to/a')).mtimeMs).to.equal(1_500_000_000_000);
        expect([
          readlinkSync(fixture.at('to/deep/link')),
          readlinkSync(fixture.at('to/to deep')),
        ]).to.deep.equal(['../b\n', 'deep']);
        expect([existsSync(fixture.at('to/x.log')), existsSync(fixture.at('to/more'))]).to.deep.equal([
          false,
          false,
        ]);
        expect([fixture.text('to/keep.log'), fixture.text('to/in/keep.log')]).to.deep.equal([
          'to/keep.log',
          'to/in/keep.log',
        ]);
        chmodSync(fixture.at('to/deep/er'), 0o700);
      });
    });
  }

  describe('on any shell', () => {
    fixture.over(anyKind);

    it('sees a time, a mode and a link that alone differ', async () => {
      for (const path of ['a', 'd/b']) fixture.write(`src/${path}`);
      symlinkSync('a', fixture.at('src/link'));
      await fixture.converge();
      utimesSync(fixture.at('to/a'), 1_500_000_000, 1_500_000_000);
      utimesSync(fixture.at('src/a'), 1_600_000_000, 1_600_000_000);
      chmodSync(fixture.at('to/d'), 0o700);
      rmSync(fixture.at('to/link'));
      symlinkSync('b', fixture.at('to/link'));
      const run = await fixture.converge();
      expect(fixture.said(run)).to.deep.equal([
        '/to/d: mode 0700 → 0755',
        '/to/a: time 2017-07-14T02:40:00Z → 2020-09-13T12:26:40Z',
        '/to/link: link to b → link to a',
      ]);
      expect(run.result).to.include({ files: 0 });
      expect(statSync(fixture.at('to/a')).mtimeMs).to.equal(1_600_000_000_000);
    });

    it('without checksum, size and time tell; nobody reads the files', async () => {
      fixture.write('src/a', 'one');
      await fixture.converge();
      const { mtime } = statSync(fixture.at('src/a'));
      fixture.write('to/a', 'two');
      utimesSync(fixture.at('to/a'), mtime, mtime);
      expect((await fixture.once({ checksum: false })).changes).to.deep.equal([]);
      utimesSync(fixture.at('to/a'), 1, 1);
      expect(fixture.said(await fixture.converge({ checksum: false }))).to.deep.equal(['/to/a: content']);
      expect(fixture.text('to/a')).to.equal('one');
    });

    it('owner and group by number; links left out stay, links followed become what they lead to', async () => {
      fixture.write('src/a');
      symlinkSync('a', fixture.at('src/link'));
      await fixture.node().query(sh`chown -h 65530:7 ${[fixture.at('src/a'), fixture.at('src')]}`);
      fixture.write('to/link', 'mine');
      await fixture.converge({ owner: true, group: true, links: false, delete: true });
      expect(statSync(fixture.at('to/a'))).to.include({ uid: 65530, gid: 7 });
      expect(fixture.text('to/link')).to.equal('mine');
      await fixture.converge({ copy_links: true });
      expect(fixture.text('to/link')).to.equal('src/a');
    });

    it('without tar on the node it says so', async () => {
      fixture.write('src/a');
      const refusal = await fixture.refusal(fixture.once({}, await fixture.nodeWithoutTar()));
      expect(refusal).to.include({ message: 'there is no tar on the node' });
    });

    it('a mount point is neither entered nor taken away', async () => {
      fixture.write('src/a');
      fixture.write('to/x/y');
      mkdirSync(fixture.at('to/x/disk'));
      const mounted = await fixture.node().query(sh`mount -t tmpfs tmpfs ${fixture.at('to/x/disk')}`);
      if (mounted.exitCode !== 0) expect.fail('this test needs root, to mount a tmpfs');
      try {
        fixture.write('to/x/disk/precious');
        const run = await fixture.once({ delete: true });
        expect(fixture.said(run))
          .to.include('/to/x/y: file → absent')
          .and.not.include('/to/x: directory → absent');
        expect(run.warnings).to.have.length(1);
        expect(run.warnings[0]).to.contain(fixture.at('to/x/disk'));
        expect(fixture.text('to/x/disk/precious')).to.equal('to/x/disk/precious');
        fixture.write('src/x', 'a file');
        const blocked = await fixture.refusal(fixture.once({ delete: true }));
        expect(blocked.message).to.contain('a file system is mounted there');
      } finally {
        await fixture.node().query(sh`umount ${fixture.at('to/x/disk')}`);
      }
    });
  });
});
