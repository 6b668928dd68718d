import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { expect } from 'chai';
import { withProject } from './project.ts';

/** Root may read everything, so it becomes another user for the moment. */
function asNobody(work: () => unknown): void {
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.(65534);
  try {
    work();
  } finally {
    if (root) process.seteuid?.(0);
  }
}

describe('sources', () => {
  it('reads without the BOM, once, and keeps the text by its shown name', () => {
    withProject({ 'a/b.yml': '\ufeffx: 1\r\n' }, ({ sources, path }) => {
      expect(sources.read(path('a/b.yml'))).to.equal('x: 1\r\n');
      expect([...sources.texts]).to.deep.equal([['a/b.yml', 'x: 1\r\n']]);
    });
  });

  it('shows files outside the working folder by their whole path', () => {
    withProject({}, ({ sources, dir }) => {
      expect(sources.shown('/etc/x.yml')).to.equal('/etc/x.yml');
      expect(sources.shown(`${dir}/x.yml`)).to.equal('x.yml');
      expect(sources.shown(`${dir}/..x/y.yml`)).to.match(/\.\.x\/y\.yml$/);
    });
  });

  it('says why a file cannot be read', () => {
    const files = {
      'nul.yml': Buffer.from('a: 1\0'),
      'latin1.yml': Buffer.from('a: 1\nb: caf\xe9\n', 'latin1'),
      'utf16.yml': Buffer.from('\ufeffa: 1', 'utf16le'),
      'large.yml': Buffer.alloc(10 * 1024 * 1024 + 1, 'x'),
    };
    withProject(files, ({ sources, path }) => {
      mkdirSync(path('folder'));
      symlinkSync(path('loop'), path('loop'));
      const why = (name: string): string | undefined => {
        expect(sources.read(path(name))).to.equal(undefined);
        expect(sources.why(path(name))?.code).to.equal('file-unreadable');
        return sources.why(path(name))?.detail;
      };
      expect(why('nul.yml')).to.contain('NUL bytes');
      expect(why('latin1.yml')).to.contain('not UTF-8 (line 2)');
      expect(why('utf16.yml')).to.contain('UTF-16');
      expect(why('large.yml')).to.contain('larger than 10 MB');
      expect(why('folder')).to.contain('is a folder');
      expect(why('missing.yml')).to.contain('no such file');
      expect(why('loop')).to.contain('circle');
    });
  });

  it('refuses what is no regular file instead of waiting for it', () => {
    withProject({}, ({ sources }) => {
      expect(sources.read('/dev/null')).to.equal(undefined);
      expect(sources.why('/dev/null')?.detail).to.contain('not a regular file');
    });
  });

  it('says when permission is missing', () => {
    withProject({ 'a.yml': 'x' }, ({ sources, path }) => {
      chmodSync(path('a.yml'), 0);
      asNobody(() => sources.read(path('a.yml')));
      expect(sources.why(path('a.yml'))?.detail).to.contain('permission');
    });
  });

  it('takes texts that are in no file', () => {
    withProject({}, ({ sources }) => {
      sources.add('-e', 'a=1');
      expect(sources.texts.get('-e')).to.equal('a=1');
    });
  });
});
