import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { ModuleError } from '../../../src/modules/define.ts';
import type { LocalEntry } from '../../../src/modules/tree/local-tree.ts';
import { readLocalTree } from '../../../src/modules/tree/local-tree.ts';
import { SharedSources, sourcesOf } from '../../../src/modules/tree/shared.ts';
import { createRunScope } from '../../../src/transport/run-scope.ts';

describe('what nodes share of the folders of the controller', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'oms-play-shared-'))));
  afterEach(() => rmSync(dir, { recursive: true }));

  const only = async (): Promise<LocalEntry> => {
    const [entry] = await readLocalTree(dir, { follow: true });
    return entry ?? expect.fail('nothing there');
  };

  it('is one thing for each run', () => {
    const [one, other] = [createRunScope(), createRunScope()];
    expect(sourcesOf(one)).to.equal(sourcesOf({ scope: one.scope }));
    expect(sourcesOf(one)).not.to.equal(sourcesOf(other));
  });

  it('a folder is read by no one who could miss a change, and twice at most for all who ask at once', async () => {
    const sources = new SharedSources();
    let reads = 0;
    const read = async (): Promise<readonly LocalEntry[]> => {
      reads += 1;
      const seen = await readLocalTree(dir, { follow: true });
      await sleep(20);
      return seen;
    };
    const early = sources.walk('x', read);
    await sleep(10);
    writeFileSync(join(dir, 'late'), '');
    const late = await Promise.all(Array.from({ length: 50 }, () => sources.walk('x', read)));
    expect(await early).to.deep.equal([]);
    for (const entries of late) expect(entries.map(({ path }) => path)).to.deep.equal(['late']);
    expect(reads).to.equal(2);
    rmSync(join(dir, 'late'));
    expect(await sources.walk('x', read)).to.deep.equal([]);
    expect(reads).to.equal(3);
  });

  it('a folder that could not be read is tried again', async () => {
    const sources = new SharedSources();
    const fails = async (): Promise<never> => Promise.reject(new Error('no'));
    const both = [sources.walk('x', fails), sources.walk('x', async () => [])];
    expect((await Promise.allSettled(both)).map(({ status }) => status)).to.deep.equal([
      'rejected',
      'fulfilled',
    ]);
    expect(await sources.walk('x', async () => [])).to.deep.equal([]);
  });

  it('a file is read once, until it changes', async () => {
    const sources = new SharedSources();
    writeFileSync(join(dir, 'f'), 'one');
    const entry = await only();
    expect(sources.sha256(entry)).to.equal(sources.sha256({ ...entry }));
    expect(sources.text(entry)).to.equal(sources.text({ ...entry }));
    const [sum, text] = [await sources.sha256(entry), await sources.text(entry)];
    expect([text, sum]).to.deep.equal([
      'one',
      '7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed',
    ]);
    await sleep(10);
    writeFileSync(join(dir, 'f'), 'two');
    const changed = await only();
    expect(await sources.text(changed)).to.equal('two');
    expect(await sources.sha256(changed)).not.to.equal(sum);
  });

  it('a large file is summed as a stream, and is no text', async () => {
    const sources = new SharedSources();
    writeFileSync(join(dir, 'f'), Buffer.alloc(3 * 1024 * 1024));
    const entry = await only();
    expect(await sources.text(entry)).to.equal(undefined);
    expect(await sources.sha256(entry)).to.equal(
      'bbd05cf6097ac9b1f89ea29d2542c1b7b67ee46848393895f5a9e43fa1f621e5',
    );
  });

  it('a thousand files at once do not open a thousand files, and one that is gone is named', async () => {
    const sources = new SharedSources();
    writeFileSync(join(dir, 'f'), 'x');
    const entry = await only();
    const many = Array.from({ length: 1000 }, (_, i) => ({ ...entry, identity: String(i) }));
    const openFiles = (): number => readdirSync('/proc/self/fd').length;
    const before = openFiles();
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, openFiles() - before)), 1);
    const sums = await Promise.all(many.map((one) => sources.sha256(one)));
    clearInterval(watch);
    expect(new Set(sums).size).to.equal(1);
    expect(most).to.be.lessThan(100);
    rmSync(join(dir, 'f'));
    const error = await sources.sha256({ ...entry, identity: 'gone' }).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(ModuleError);
    expect(String(error)).to.contain(join(dir, 'f')).and.to.contain('ENOENT');
  });
});
