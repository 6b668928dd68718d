import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { sh } from '../../src/transport/command.ts';
import { installShells } from './shells.ts';
import { bytePath, NAMES, sha256, TreeFixture } from './tree-fixture.ts';

const shells = installShells();

describe('a folder seen at once', () => {
  const fixture = new TreeFixture();
  after(() => shells.close());

  for (const kind of shells.kinds) {
    describe(`over ${kind.name}`, () => {
      fixture.over(kind);

      it('looks at names of all bytes in one request; sums only what has the size', async () => {
        mkdirSync(join(fixture.dir, 'to'));
        for (const name of NAMES) writeFileSync(bytePath(fixture.dir, 'to', name), `of ${name}`);
        await fixture.node.query(sh`true`);
        const before = fixture.requests;
        const wanted = NAMES.flatMap((path, i) => {
          const { size } = statSync(bytePath(fixture.dir, 'to', path));
          return [
            { path, sumIfSize: i % 3 === 0 ? size + 1 : size },
            { path: `${path}/none`, sumIfSize: 1 },
          ];
        });
        const look = await fixture.node.lookAtTree(join(fixture.dir, 'to'), wanted);
        expect(fixture.requests - before).to.equal(1);
        expect([...(look?.entries.keys() ?? [])].sort()).to.deep.equal(['', ...NAMES].sort());
        for (const [i, name] of NAMES.entries()) {
          const content = readFileSync(bytePath(fixture.dir, 'to', name));
          const seen = look?.entries.get(name);
          expect(seen?.stat, name).to.include({ type: 'file', mode: '0644', size: content.length });
          expect(seen?.sha256, name).to.equal(i % 3 === 0 ? undefined : sha256(content));
        }
        expect(look).to.deep.include({ isThere: true, hasTar: true, closed: [] });
      });

      it('tells folders, links and links to nothing apart', async () => {
        mkdirSync(join(fixture.dir, 'to/sub'), { recursive: true, mode: 0o750 });
        symlinkSync('sub', join(fixture.dir, 'to/link'));
        symlinkSync('no where\n', join(fixture.dir, 'to/broken'));
        const wanted = ['sub', 'link', 'broken', 'sub/none'].map((path) => ({ path, link: true }));
        const look = await fixture.node.lookAtTree(join(fixture.dir, 'to'), wanted);
        expect(look?.entries.get('sub')).to.deep.include({ isLink: false });
        expect(look?.entries.get('link')).to.deep.include({ isLink: true, linkTarget: 'sub' });
        expect(look?.entries.get('link')?.stat).to.include({ type: 'directory', mode: '0750' });
        const broken = { isLink: true, linkTarget: 'no where\n', stat: undefined };
        expect(look?.entries.get('broken')).to.deep.equal(broken);
        expect(look?.entries.has('sub/none')).to.equal(false);
      });

      it('says what is there above a folder that is not, and that a file is in its place', async () => {
        const look = await fixture.node.lookAtTree(join(fixture.dir, 'a/b/c'), [{ path: 'x' }]);
        expect(look).to.deep.include({ isThere: false, base: fixture.dir });
        writeFileSync(join(fixture.dir, 'a'), '');
        expect(await fixture.node.lookAtTree(join(fixture.dir, 'a'), [])).to.equal(undefined);
        expect(await fixture.node.lookAtTree(join(fixture.dir, 'a/b'), [])).to.equal(undefined);
      });

      it('lists everything, with names of all bytes', async () => {
        mkdirSync(join(fixture.dir, 'to/sub'), { recursive: true });
        for (const name of NAMES) writeFileSync(bytePath(fixture.dir, 'to/sub', name), '');
        symlinkSync('/', join(fixture.dir, 'to/root'));
        const look = await fixture.node.lookAtTree(join(fixture.dir, 'to'), [], { everything: true });
        const files = ['root', ...NAMES.map((name) => `sub/${name}`)];
        const kinds: Record<string, string> = { sub: 'directory', root: 'link' };
        const held = (path: string) => ({ path, kind: kinds[path] ?? 'file', isMountPoint: false });
        const sorted = [...(look?.all ?? [])].sort((a, b) => (a.path < b.path ? -1 : 1));
        expect(sorted).to.deep.equal(['sub', ...files].sort().map(held));
      });

      it('reads many files in one request', async () => {
        mkdirSync(join(fixture.dir, 'to'));
        const files = NAMES.map((path) => ({ path, size: 3 + path.length }));
        for (const { path } of files)
          writeFileSync(bytePath(fixture.dir, 'to', path), Buffer.from(`of ${path}`, 'latin1'));
        const read = await fixture.node.readTree(join(fixture.dir, 'to'), files);
        expect(read?.map((bytes) => bytes.toString('latin1'))).to.deep.equal(
          NAMES.map((name) => `of ${name}`),
        );
        expect(await fixture.node.readTree(join(fixture.dir, 'to'), [{ path: 'plain', size: 1 }])).to.equal(
          undefined,
        );
      });
    });
  }
});
