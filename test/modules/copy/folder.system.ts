import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { expect } from 'chai';
import { sh } from '../../../src/transport/command.ts';
import { installShells } from '../../transport/shells.ts';
import { FolderFixture } from '../folder-fixture.ts';

const shells = installShells();
const [anyKind] = shells.kinds;
if (anyKind === undefined) throw new Error('this machine has no shell');

describe('copy of a folder', () => {
  const fixture = new FolderFixture('copy');
  after(() => shells.close());

  for (const kind of shells.kinds) {
    describe(`over ${kind.name}`, () => {
      fixture.over(kind);

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
        for (const name of names) fixture.write(`src/${name} d/${name}`);
        const raw = Buffer.concat([Buffer.from(`${fixture.at('src')}/`), Buffer.from([0xff, 0x0a, 0xfe])]);
        writeFileSync(raw, 'no utf-8');
        mkdirSync(fixture.at('src/empty'));
        fixture.write('other/file', 'behind a link');
        symlinkSync('../other', fixture.at('src/link to folder'));
        symlinkSync('../other/file', fixture.at('src/link to file'));
        fixture.write('to/more', 'm');
        await fixture.converge({ mode: '0640', directory_mode: '0711' });
        for (const name of names)
          expect(fixture.text(`to/${name} d/${name}`)).to.equal(`src/${name} d/${name}`);
        expect(
          readFileSync(
            Buffer.concat([Buffer.from(`${fixture.at('to')}/`), Buffer.from([0xff, 0x0a, 0xfe])]),
            'utf8',
          ),
        ).to.equal('no utf-8');
        expect(fixture.text('to/link to folder/file')).to.equal('behind a link');
        expect(lstatSync(fixture.at('to/link to file')).isFile()).to.equal(true);
        expect([fixture.mode('to/empty'), fixture.mode('to/link to file')]).to.deep.equal(['711', '640']);
        expect(fixture.text('to/more')).to.equal('m');
      });
    });
  }

  describe('on any shell', () => {
    fixture.over(anyKind);

    it('keeps mode and owner of what it replaces, and the old file where asked', async () => {
      fixture.write('src/a', 'new');
      fixture.write('src/deep/b', 'new');
      fixture.write('to/a', 'old');
      fixture.write('to/deep/b', 'old');
      await fixture.node().query(sh`chown 65530:7 ${fixture.at('to/a')} && chmod 4640 ${fixture.at('to/a')}`);
      await fixture.converge({ backup: true });
      expect(statSync(fixture.at('to/a'))).to.include({ uid: 65530, gid: 7 });
      expect([fixture.mode('to/a'), fixture.text('to/a'), fixture.text('to/deep/b')]).to.deep.equal([
        '4640',
        'new',
        'new',
      ]);
      for (const folder of ['to', 'to/deep']) {
        const kept = readdirSync(fixture.at(folder)).filter((name) => /^[ab]\.\d{4}-.*~$/.test(name));
        expect(kept.map((name) => fixture.text(`${folder}/${name}`))).to.deep.equal(['old']);
      }
    });

    it('in place keeps the inode, validate refuses, force leaves alone: each as for a single file', async () => {
      for (const name of ['a', 'b']) fixture.write(`src/${name}`, 'new');
      fixture.write('to/a', 'old');
      const { ino } = statSync(fixture.at('to/a'));
      const refused = await fixture.refusal(fixture.converge({ validate: 'grep -q never %s' }));
      expect(refused.message).to.contain('refused by validate');
      expect(fixture.text('to/a')).to.equal('old');
      expect(fixture.said(await fixture.converge({ force: false }))).to.deep.equal(['/to/b: absent → file']);
      expect(fixture.text('to/a')).to.equal('old');
      await fixture.converge({ in_place: true });
      expect([fixture.text('to/a'), statSync(fixture.at('to/a')).ino]).to.deep.equal(['new', ino]);
    });

    it('300 files: one request to look, two with texts that differ; at most two to bring them', async () => {
      for (let i = 0; i < 300; i++) fixture.write(`src/d${i % 7}/f${i}`, `${i}`.repeat(1 + i * 7));
      const first = await fixture.converge();
      expect([first.forCheck, first.forApply]).to.deep.equal([1, 2]);
      expect((await fixture.once()).forCheck).to.equal(1);
      for (let i = 0; i < 300; i += 2) fixture.write(`src/d${i % 7}/f${i}`, `other ${i}`);
      const second = await fixture.converge();
      expect(second.changes).to.have.length(150);
      expect([second.forCheck, second.forApply]).to.deep.equal([2, 1]);
      expect(second.changes[0]).to.deep.include({ summary: 'content' });
      expect(second.changes[0]?.diff).to.deep.include({ before: '0', after: 'other 0' });
      const third = await fixture.converge({ mode: '0600' });
      expect([third.changes.length, third.forCheck, third.forApply]).to.deep.equal([300, 1, 1]);
      for (let i = 0; i < 300; i++) expect(fixture.mode(`to/d${i % 7}/f${i}`)).to.equal('600');
      expect(fixture.text('to/d0/f14')).to.equal('other 14');
    }).timeout(20_000);

    it('2,000 files in many folders', async () => {
      for (let i = 0; i < 2000; i++) fixture.write(`src/d${i % 40}/f${i}`, `content ${i}`);
      const run = await fixture.converge();
      expect(run.changes).to.have.length(2041);
      expect([run.forCheck, run.forApply]).to.deep.equal([1, 2]);
      for (let i = 0; i < 2000; i += 111)
        expect(fixture.text(`to/d${i % 40}/f${i}`)).to.equal(`content ${i}`);
    }).timeout(20_000);

    it('large files come by themselves, the others in one stream', async () => {
      const large = Buffer.alloc(16 * 1024 * 1024 + 5, 'large');
      fixture.write('src/deep/large', large);
      fixture.write('src/small', 's');
      await fixture.converge({ mode: '0600' });
      expect(readFileSync(fixture.at('to/deep/large')).equals(large)).to.equal(true);
      expect([fixture.text('to/small'), fixture.mode('to/deep/large')]).to.deep.equal(['s', '600']);
    });

    it('without tar on the node each file comes by itself', async () => {
      for (const name of ['a', 'deep/b']) fixture.write(`src/${name}`);
      const node = await fixture.nodeWithoutTar();
      await fixture.converge({ mode: '0640', directory_mode: '0711', owner: '65530' }, node);
      expect(fixture.text('to/deep/b')).to.equal('src/deep/b');
      expect([fixture.mode('to/deep'), fixture.mode('to/deep/b')]).to.deep.equal(['711', '640']);
      expect(statSync(fixture.at('to/deep')).uid).to.equal(65530);
    });

    it('a link that leads back, one that leads nowhere, and a name that cannot come by itself are named', async () => {
      symlinkSync('.', fixture.at('src/loop'));
      expect((await fixture.refusal(fixture.converge())).message).to.contain(
        'src/loop on the controller is a link to a folder that it is in',
      );
      rmSync(fixture.at('src/loop'));
      symlinkSync('nowhere', fixture.at('src/broken'));
      expect(await fixture.refusal(fixture.converge())).to.include({ hint: 'It is a link to nothing.' });
      rmSync(fixture.at('src/broken'));
      writeFileSync(Buffer.concat([Buffer.from(`${fixture.at('src')}/`), Buffer.from([0xff])]), '');
      expect((await fixture.refusal(fixture.converge({ validate: 'true %s' }))).message).to.contain(
        'is no UTF-8',
      );
    });

    it('what stands in the way is named before anything is done', async () => {
      fixture.write('src/a/b');
      fixture.write('src/c');
      mkdirSync(fixture.at('to'));
      symlinkSync('nowhere', fixture.at('to/a'));
      expect((await fixture.refusal(fixture.converge())).message).to.equal(
        `${fixture.at('to/a')} is a link to nothing, and a folder is to take its place`,
      );
      expect(readdirSync(fixture.at('to'))).to.deep.equal(['a']);
    });
  });
});
