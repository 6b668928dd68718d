import { expect } from 'chai';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import fc from 'fast-check';
import { Backlog } from '../../src/cli/backlog.ts';
import { SpillFile } from '../../src/cli/spill-file.ts';
import { liveBytes } from '../memory.ts';

/** A stream whose reader takes the next piece only when it is told to. */
class Reader {
  text = '';
  readonly #asked: (() => void)[] = [];
  readonly stream = new Writable({
    highWaterMark: 1,
    write: (bytes: Buffer, _encoding, done) => {
      this.#asked.push(() => {
        this.text += bytes.toString('utf8');
        done();
      });
    },
  });

  /** False: there is nothing to take. */
  take(): boolean {
    const next = this.#asked.shift();
    next?.();
    return next !== undefined;
  }

  async takeAll(): Promise<void> {
    for (let idle = 0; idle < 3; idle = this.take() ? 0 : idle + 1) await turn();
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('cli: output on its way to a slow reader', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'oms-play-backlog-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('keeps everything in order, however slowly it is taken and wherever it waits', async () => {
    const step = fc.oneof(
      fc.nat(300).map((n) => 'é'.repeat(n / 2) + String(n)),
      fc.constant(undefined),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 0, max: 500 }),
        async (steps, memory) => {
          const reader = new Reader();
          const backlog = new Backlog(reader.stream, { folders: [folder], memory });
          let written = '';
          for (const text of steps) {
            if (text === undefined) {
              await turn();
              reader.take();
            } else {
              backlog.write(text);
              written += text;
            }
          }
          const drained = backlog.drained();
          await reader.takeAll();
          await drained;
          expect(reader.text).to.equal(Buffer.from(written).toString('utf8'));
          expect(backlog.waiting).to.equal(0);
        },
      ),
      { numRuns: 100 },
    );
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('holds little in memory while nobody reads, and loses nothing of it', async () => {
    const reader = new Reader();
    const backlog = new Backlog(reader.stream, { folders: [folder] });
    const line = `${'x'.repeat(999)}\n`;
    const before = liveBytes();
    for (let i = 0; i < 30_000; i++) {
      backlog.write(line);
      if (i % 1000 === 0) await turn();
    }
    expect(liveBytes() - before).to.be.below(20e6);
    expect(backlog.waiting).to.equal(30e6);
    const drained = backlog.drained();
    let taken = 0;
    while (backlog.waiting > 0) {
      reader.take();
      taken += reader.text.length;
      reader.text = '';
      await turn();
    }
    await drained;
    expect(taken).to.equal(30e6);
  });

  it('does with memory alone where there can be no file, and tries the next folder first', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    const reader = new Reader();
    const backlog = new Backlog(reader.stream, { folders: [file, join(file, 'below')], memory: 10 });
    for (let i = 0; i < 100; i++) backlog.write(`${i} and more\n`);
    const drained = backlog.drained();
    await reader.takeAll();
    await drained;
    expect(reader.text.split('\n').slice(98)).to.deep.equal(['98 and more', '99 and more', '']);

    const spilled = SpillFile.open([file, join(folder, 'new', 'folder')]);
    expect(existsSync(join(folder, 'new', 'folder'))).to.equal(true);
    spilled?.append(Buffer.from('abc'));
    expect(spilled?.take(2).toString()).to.equal('ab');
    expect(spilled?.size).to.equal(1);
    spilled?.close();
    rmSync(join(folder, 'new'), { recursive: true });
    rmSync(file);
  });

  it('lets everything go when the reader has gone', async () => {
    const reader = new Reader();
    const backlog = new Backlog(reader.stream, { folders: [folder], memory: 10 });
    for (let i = 0; i < 100; i++) backlog.write('more than memory holds\n');
    const drained = backlog.drained();
    backlog.discard();
    await drained;
    backlog.write('nobody reads this');
    await backlog.drained();
    expect(backlog.waiting).to.be.below(300_000);
  });
});
