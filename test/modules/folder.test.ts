import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Change } from '../../src/model/result.ts';
import type { AnyModule } from '../../src/modules/define.ts';
import { ModuleError } from '../../src/modules/define.ts';
import { builtinModules } from '../../src/modules/index.ts';
import { sh } from '../../src/transport/command.ts';
import type { ShellLink } from '../../src/transport/link.ts';
import type { NodeWriter } from '../../src/transport/node.ts';
import { createNode, NodeError } from '../../src/transport/remote-node.ts';
import { installShells, linkWith, openWith } from '../transport/shells.ts';
import type { ShellKind } from '../transport/shells.ts';

const shells = installShells();
const [anyKind] = shells.kinds;
if (anyKind === undefined) throw new Error('this machine has no shell');

/** copy and synchronize of folders, on real shells. */
describe('folders', () => {
  let dir: string;
  let link: ShellLink;
  let node: NodeWriter;

  after(() => shells.close());
  const use = (kind: ShellKind): void => {
    beforeEach(async () => {
      dir = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'oms-play-folder-'));
      mkdirSync(at('src'));
      link = linkWith(openWith(kind));
      node = createNode({ name: 'hz-1', address: '10.0.1.11', link: async () => link });
      await node.query(sh`true`);
    });
    afterEach(async () => {
      await link.close();
      rmSync(dir, { recursive: true });
    });
  };

  const at = (...names: readonly string[]): string => join(dir, ...names);
  const write = (path: string, content: string | Buffer = path): void => {
    mkdirSync(join(at(path), '..'), { recursive: true });
    writeFileSync(at(path), content);
  };
  const text = (path: string): string => readFileSync(at(path), 'utf8');
  const modeOf = (path: string): string => (statSync(at(path)).mode & 0o7777).toString(8);
  const noTraces = (): void => {
    const left = readdirSync(dir, { recursive: true }).filter((name) => name.includes('.oms-play-'));
    expect(left).to.deep.equal([]);
  };

  interface Run {
    readonly changes: readonly Change[];
    readonly result: unknown;
    readonly warnings: readonly string[];
    readonly forCheck: number;
    readonly forApply: number;
  }

  async function once(
    name: string,
    given: Record<string, unknown>,
    mode: 'check' | 'apply' = 'apply',
  ): Promise<Run> {
    const module = builtinModules.find((m) => m.name === name) as AnyModule;
    const args = module.args.parse(given);
    const start = link.stats().requests;
    const found = await module.check(node, args);
    const middle = link.stats().requests;
    const acts = mode === 'apply' && found.changes.length > 0;
    const result = acts ? await module.apply(node, args, found) : found.result;
    const { changes, warnings = [] } = found;
    return { changes, result, warnings, forCheck: middle - start, forApply: link.stats().requests - middle };
  }

  /** Runs it, then once more: the second run must find nothing to do. */
  async function converge(name: string, given: Record<string, unknown>): Promise<Run> {
    const run = await once(name, given);
    expect((await once(name, given)).changes, 'second run').to.deep.equal([]);
    noTraces();
    return run;
  }

  const copy = (more: Record<string, unknown> = {}): Promise<Run> =>
    converge('copy', { src: at('src/'), dest: at('to'), ...more });
  const synchronize = (more: Record<string, unknown> = {}): Promise<Run> =>
    converge('synchronize', { src: at('src/'), dest: at('to'), ...more });

  async function failure(promise: Promise<unknown>): Promise<{ message: string; hint: string | undefined }> {
    const error: unknown = await promise.then(
      () => expect.fail('was expected to fail'),
      (e: unknown) => e,
    );
    if (error instanceof ModuleError) return { hint: undefined, ...error.failure };
    if (error instanceof NodeError) return { message: error.message, hint: error.hint };
    throw error;
  }

  const said = ({ changes }: Run): string[] =>
    changes.map(({ subject, summary }) => `${subject.replace(dir, '')}: ${summary}`);

  for (const kind of shells.kinds) {
    describe(`over ${kind.name}`, () => {
      use(kind);

      it('copies names of every kind, links followed, empty folders, and keeps what is more', async () => {
        const names = [
          '-rf',
          `it's "q"`,
          '$HOME `id`',
          'a\nb',
          '*',
          'back\\slash',
          '.hidden',
          '目录',
          'x'.repeat(200),
        ];
        for (const name of names) write(`src/${name} d/${name}`);
        const raw = Buffer.concat([Buffer.from(`${at('src')}/`), Buffer.from([0xff, 0x0a, 0xfe])]);
        writeFileSync(raw, 'no utf-8');
        mkdirSync(at('src/empty'));
        write('other/file', 'behind a link');
        symlinkSync('../other', at('src/link to folder'));
        symlinkSync('../other/file', at('src/link to file'));
        write('to/more', 'm');
        await copy({ mode: '0640', directory_mode: '0711' });
        for (const name of names) expect(text(`to/${name} d/${name}`)).to.equal(`src/${name} d/${name}`);
        expect(
          readFileSync(Buffer.concat([Buffer.from(`${at('to')}/`), Buffer.from([0xff, 0x0a, 0xfe])]), 'utf8'),
        ).to.equal('no utf-8');
        expect(text('to/link to folder/file')).to.equal('behind a link');
        expect(lstatSync(at('to/link to file')).isFile()).to.equal(true);
        expect([modeOf('to/empty'), modeOf('to/link to file')]).to.deep.equal(['711', '640']);
        expect(text('to/more')).to.equal('m');
      });

      it('synchronizes: content, modes, times, links; deletes what is more, but not what is left out', async () => {
        for (const path of ['a', 'b', 'run.sh', 'deep/c', 'deep/er/d', 'x.log']) write(`src/${path}`);
        chmodSync(at('src/run.sh'), 0o4750);
        chmodSync(at('src/deep/er'), 0o500);
        utimesSync(at('src/a'), 1_500_000_000, 1_500_000_000);
        symlinkSync('../b\n', at('src/deep/link'));
        symlinkSync('deep', at('src/to deep'));
        for (const path of ['b', 'more/x/y', 'keep.log', 'in/keep.log', 'in/gone', 'deep/link'])
          write(`to/${path}`);
        const run = await synchronize({ delete: true, exclude: ['*.log'] });
        chmodSync(at('src/deep/er'), 0o700);
        expect(run.result).to.deep.equal({ dest: at('to'), files: 5, deleted: 2 });
        expect(said(run)).to.include.members([
          '/to/more: directory → absent',
          '/to/in/gone: file → absent',
          '/to/deep/link: file → link to ../b\n',
        ]);
        expect(text('to/b')).to.equal('src/b');
        expect([modeOf('to/run.sh'), modeOf('to/deep/er')]).to.deep.equal(['4750', '500']);
        expect(statSync(at('to/a')).mtimeMs).to.equal(1_500_000_000_000);
        expect([readlinkSync(at('to/deep/link')), readlinkSync(at('to/to deep'))]).to.deep.equal([
          '../b\n',
          'deep',
        ]);
        expect([existsSync(at('to/x.log')), existsSync(at('to/more'))]).to.deep.equal([false, false]);
        expect([text('to/keep.log'), text('to/in/keep.log')]).to.deep.equal([
          'to/keep.log',
          'to/in/keep.log',
        ]);
        chmodSync(at('to/deep/er'), 0o700);
      });
    });
  }

  describe('copy', () => {
    use(anyKind);

    it('keeps mode and owner of what it replaces, and the old file where asked', async () => {
      write('src/a', 'new');
      write('src/deep/b', 'new');
      write('to/a', 'old');
      write('to/deep/b', 'old');
      await node.query(sh`chown 65530:7 ${at('to/a')} && chmod 4640 ${at('to/a')}`);
      await copy({ backup: true });
      expect(statSync(at('to/a'))).to.include({ uid: 65530, gid: 7 });
      expect([modeOf('to/a'), text('to/a'), text('to/deep/b')]).to.deep.equal(['4640', 'new', 'new']);
      for (const folder of ['to', 'to/deep']) {
        const kept = readdirSync(at(folder)).filter((name) => /^[ab]\.\d{4}-.*~$/.test(name));
        expect(kept.map((name) => text(`${folder}/${name}`))).to.deep.equal(['old']);
      }
    });

    it('in place keeps the inode, validate refuses, force leaves alone: each as for a single file', async () => {
      for (const name of ['a', 'b']) write(`src/${name}`, 'new');
      write('to/a', 'old');
      const { ino } = statSync(at('to/a'));
      const refused = await failure(copy({ validate: 'grep -q never %s' }));
      expect(refused.message).to.contain('refused by validate');
      expect(text('to/a')).to.equal('old');
      expect(said(await copy({ force: false }))).to.deep.equal(['/to/b: absent → file']);
      expect(text('to/a')).to.equal('old');
      await copy({ in_place: true });
      expect([text('to/a'), statSync(at('to/a')).ino]).to.deep.equal(['new', ino]);
    });

    it('300 files: one request to look, two with texts that differ; at most two to bring them', async () => {
      for (let i = 0; i < 300; i++) write(`src/d${i % 7}/f${i}`, `${i}`.repeat(1 + i * 7));
      const first = await copy();
      expect([first.forCheck, first.forApply]).to.deep.equal([1, 2]);
      expect((await once('copy', { src: at('src/'), dest: at('to') })).forCheck).to.equal(1);
      for (let i = 0; i < 300; i += 2) write(`src/d${i % 7}/f${i}`, `other ${i}`);
      const second = await copy();
      expect(second.changes).to.have.length(150);
      expect([second.forCheck, second.forApply]).to.deep.equal([2, 1]);
      expect(second.changes[0]).to.deep.include({ summary: 'content' });
      expect(second.changes[0]?.diff).to.deep.include({ before: '0', after: 'other 0' });
      const third = await copy({ mode: '0600' });
      expect([third.changes.length, third.forCheck, third.forApply]).to.deep.equal([300, 1, 1]);
      for (let i = 0; i < 300; i++) expect(modeOf(`to/d${i % 7}/f${i}`)).to.equal('600');
      expect(text('to/d0/f14')).to.equal('other 14');
    }).timeout(20_000);

    it('2,000 files in many folders', async () => {
      for (let i = 0; i < 2000; i++) write(`src/d${i % 40}/f${i}`, `content ${i}`);
      const run = await copy();
      expect(run.changes).to.have.length(2041);
      expect([run.forCheck, run.forApply]).to.deep.equal([1, 2]);
      for (let i = 0; i < 2000; i += 111) expect(text(`to/d${i % 40}/f${i}`)).to.equal(`content ${i}`);
    }).timeout(20_000);

    it('large files come by themselves, the others in one stream', async () => {
      const large = Buffer.alloc(16 * 1024 * 1024 + 5, 'large');
      write('src/deep/large', large);
      write('src/small', 's');
      await copy({ mode: '0600' });
      expect(readFileSync(at('to/deep/large')).equals(large)).to.equal(true);
      expect([text('to/small'), modeOf('to/deep/large')]).to.deep.equal(['s', '600']);
    });

    it('without tar on the node each file comes by itself', async () => {
      const bin = at('bin');
      mkdirSync(bin);
      const tools =
        'sh stat sha256sum gzip xargs cat mkdir chmod chown mktemp mv rm dirname base64 setsid readlink grep'.split(
          ' ',
        );
      for (const tool of tools)
        symlinkSync((await node.query(sh`command -v ${tool}`)).stdout.toString().trim(), join(bin, tool));
      for (const name of ['a', 'deep/b']) write(`src/${name}`);
      node = createNode({
        name: 'hz-1',
        address: '10.0.1.11',
        link: async () => link,
        environment: { PATH: bin },
      });
      await copy({ mode: '0640', directory_mode: '0711', owner: '65530' });
      expect([text('to/deep/b'), modeOf('to/deep'), modeOf('to/deep/b')]).to.deep.equal([
        'src/deep/b',
        '711',
        '640',
      ]);
      expect(statSync(at('to/deep')).uid).to.equal(65530);
      write('src/a', 'new');
      expect(await failure(once('synchronize', { src: at('src/'), dest: at('to') }))).to.include({
        message: 'there is no tar on the node',
      });
    });

    it('a link that leads back, one that leads nowhere, and a name that cannot come by itself are named', async () => {
      symlinkSync('.', at('src/loop'));
      expect((await failure(copy())).message).to.contain(
        'src/loop on the controller is a link to a folder that it is in',
      );
      rmSync(at('src/loop'));
      symlinkSync('nowhere', at('src/broken'));
      expect(await failure(copy())).to.include({ hint: 'It is a link to nothing.' });
      rmSync(at('src/broken'));
      writeFileSync(Buffer.concat([Buffer.from(`${at('src')}/`), Buffer.from([0xff])]), '');
      expect((await failure(copy({ validate: 'true %s' }))).message).to.contain('is no UTF-8');
    });

    it('what stands in the way is named before anything is done', async () => {
      write('src/a/b');
      write('src/c');
      mkdirSync(at('to'));
      symlinkSync('nowhere', at('to/a'));
      expect((await failure(copy())).message).to.equal(
        `${at('to/a')} is a link to nothing, and a folder is to take its place`,
      );
      expect(readdirSync(at('to'))).to.deep.equal(['a']);
    });
  });

  describe('synchronize', () => {
    use(anyKind);

    it('sees a time, a mode and a link that alone differ', async () => {
      for (const path of ['a', 'd/b']) write(`src/${path}`);
      symlinkSync('a', at('src/link'));
      await synchronize();
      utimesSync(at('to/a'), 1_500_000_000, 1_500_000_000);
      utimesSync(at('src/a'), 1_600_000_000, 1_600_000_000);
      chmodSync(at('to/d'), 0o700);
      rmSync(at('to/link'));
      symlinkSync('b', at('to/link'));
      const run = await synchronize();
      expect(said(run)).to.deep.equal([
        '/to/d: mode 0700 → 0755',
        '/to/a: time 2017-07-14T02:40:00Z → 2020-09-13T12:26:40Z',
        '/to/link: link to b → link to a',
      ]);
      expect(run.result).to.include({ files: 0 });
      expect(statSync(at('to/a')).mtimeMs).to.equal(1_600_000_000_000);
    });

    it('without checksum, size and time tell; nobody reads the files', async () => {
      write('src/a', 'one');
      await synchronize();
      const { mtime } = statSync(at('src/a'));
      write('to/a', 'two');
      utimesSync(at('to/a'), mtime, mtime);
      expect(
        (await once('synchronize', { src: at('src/'), dest: at('to'), checksum: false })).changes,
      ).to.deep.equal([]);
      utimesSync(at('to/a'), 1, 1);
      expect(said(await synchronize({ checksum: false }))).to.deep.equal(['/to/a: content']);
      expect(text('to/a')).to.equal('one');
    });

    it('owner and group by number; links left out stay, links followed become what they lead to', async () => {
      write('src/a');
      symlinkSync('a', at('src/link'));
      await node.query(sh`chown -h 65530:7 ${[at('src/a'), at('src')]}`);
      write('to/link', 'mine');
      await synchronize({ owner: true, group: true, links: false, delete: true });
      expect(statSync(at('to/a'))).to.include({ uid: 65530, gid: 7 });
      expect(text('to/link')).to.equal('mine');
      await synchronize({ copy_links: true });
      expect(text('to/link')).to.equal('src/a');
    });

    it('a mount point is neither entered nor taken away', async () => {
      write('src/a');
      write('to/x/y');
      mkdirSync(at('to/x/disk'));
      const mounted = await node.query(sh`mount -t tmpfs tmpfs ${at('to/x/disk')}`);
      if (mounted.exitCode !== 0) expect.fail('this test needs root, to mount a tmpfs');
      try {
        write('to/x/disk/precious');
        const run = await once('synchronize', { src: at('src/'), dest: at('to'), delete: true });
        expect(said(run)).to.include('/to/x/y: file → absent').and.not.include('/to/x: directory → absent');
        expect(run.warnings).to.have.length(1);
        expect(run.warnings[0]).to.contain(at('to/x/disk'));
        expect(text('to/x/disk/precious')).to.equal('to/x/disk/precious');
        write('src/x', 'a file');
        const blocked = await failure(once('synchronize', { src: at('src/'), dest: at('to'), delete: true }));
        expect(blocked.message).to.contain('a file system is mounted there');
      } finally {
        await node.query(sh`umount ${at('to/x/disk')}`);
      }
    });
  });
});
