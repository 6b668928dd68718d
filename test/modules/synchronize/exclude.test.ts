import { expect } from 'chai';
import { excluder } from '../../../src/modules/synchronize/exclude.ts';
import { surplusOf } from '../../../src/modules/synchronize/surplus.ts';
import type { Held } from '../../../src/transport/tree.ts';
import { rawPath } from '../../../src/transport/tree.ts';

describe('what is left out of a synchronized folder', () => {
  /** [pattern, what it leaves out, what it does not]; folders end in / */
  const rows: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['*.log', ['a.log', 'deep/er/a.log', '.log', 'x.log/'], ['a.log.gz', 'log', 'a.log/b']],
    ['/tmp', ['tmp', 'tmp/'], ['a/tmp', 'tmp2']],
    ['cache/', ['cache/', 'a/cache/'], ['cache', 'a/cache', 'my cache/']],
    ['a/b', ['a/b', 'x/a/b/'], ['a/c', 'xa/b', 'a/b/c']],
    ['/a/*/c', ['a/b/c'], ['a/c', 'a/b/x/c', 'x/a/b/c']],
    ['/a/**/c', ['a/b/c', 'a/b/x/c'], ['b/a/x/c']],
    ['/a/**', ['a/b', 'a/b/c'], ['a', 'b/a/b']],
    ['?', ['a', 'x/a', '目'], ['ab', '']],
    ['[ab-d].t', ['a.t', 'c.t'], ['e.t', 'ab.t', '-.t']],
    ['[!a]', ['b', 'x/b'], ['a']],
    ['a+(b).$^|{1}', ['a+(b).$^|{1}'], ['aab']],
    ['\\*', ['*'], ['a']],
    ['new\nline', ['new\nline'], ['newline']],
    ['[', ['['], ['a']],
    ['[z-a]', [], ['z', 'a', 'm']],
    ['日志*', ['日志', 'x/日志 1'], ['日']],
  ];

  for (const [pattern, out, kept] of rows) {
    it(JSON.stringify(pattern), () => {
      const excludes = excluder([pattern]);
      const says = (path: string): boolean => excludes(rawPath(path.replace(/\/$/, '')), path.endsWith('/'));
      for (const path of out) expect(says(path), `${path} is left out`).to.equal(true);
      for (const path of kept) expect(says(path), `${path} is not left out`).to.equal(false);
    });
  }

  it('many patterns count together, none leaves nothing out', () => {
    expect(excluder(['a', 'b'])('b', false)).to.equal(true);
    expect(excluder([])('a', true)).to.equal(false);
  });

  it('a pattern that would take a regular expression hours takes none', () => {
    const excludes = excluder([`${'**a'.repeat(20)}b`]);
    expect(excludes('a'.repeat(4000), false)).to.equal(false);
  });

  it('what is surplus goes as whole folders where nothing in them stays', () => {
    const held = (path: string): Held => {
      const kind = path.endsWith('/') ? 'directory' : 'file';
      return { path: path.replace(/\/$/, ''), kind, isMountPoint: path.includes('mount') };
    };
    const all = ['a/', 'a/b/', 'gone/', 'gone/deep/', 'out/', 'm/', 'm/mount/', 't/', 'a/x', 'gone/deep/x', 'out/x', 'm/y', 'wanted', 't/.oms-play-1', 'gone.log'].map(held); // prettier-ignore
    const found = surplusOf(all, new Set(['a', 'wanted']), excluder(['out', '*.log']));
    expect(found.gone.map(({ path }) => path)).to.have.members(['a/b', 'a/x', 'gone', 'm/y']);
    expect(found.mounts).to.deep.equal(['m/mount']);
  });
});
