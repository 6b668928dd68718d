import { expect } from 'chai';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOutputFiles } from '../../src/cli/output-files.ts';
import { stateFolder } from '../../src/cli/state-folder.ts';

describe('cli: files of large outputs', () => {
  let home = '';
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'oms-play-outputs-'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it('are the user’s alone, in a folder of the run that is made with the first of them', () => {
    const folder = join(home, 'state', 'outputs');
    const store = createOutputFiles({ folder });
    expect(existsSync(folder)).to.equal(false);
    const file = store.open({ node: 'hz-1', task: 12, stream: 'stdout' });
    file.write('a\n');
    file.write('é'.repeat(70_000));
    file.close();
    expect(readFileSync(file.path, 'utf8')).to.equal(`a\n${'é'.repeat(70_000)}`);
    expect(file.path).to.match(/\/outputs\/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d+\/0001-hz-1-task-12\.stdout$/);
    expect(statSync(file.path).mode & 0o777).to.equal(0o600);
    expect(statSync(join(file.path, '..')).mode & 0o777).to.equal(0o700);
    const other = store.open({ node: '../x y', task: 1, stream: 'stderr' });
    expect(other.path).to.match(/\/0002-\.\._x_y-task-1\.stderr$/);
    other.discard();
    expect(existsSync(other.path)).to.equal(false);
  });

  it('of the last runs are kept, and those of runs that still go on', () => {
    const old = (name: string): void => {
      mkdirSync(join(home, name));
      writeFileSync(join(home, name, 'x.stdout'), 'x');
    };
    const gone = 2 ** 22 + 1;
    for (let day = 1; day <= 5; day++) old(`2026-01-0${day}T00-00-00-${gone}`);
    old(`2025-01-01T00-00-00-${process.pid}`);
    writeFileSync(join(home, 'note.txt'), 'not ours');
    const store = createOutputFiles({ folder: home, keepRuns: 3 });
    store.open({ node: 'n', task: 1, stream: 'stdout' }).close();
    const names = readdirSync(home).toSorted();
    expect(names.slice(0, 3)).to.deep.equal([
      `2025-01-01T00-00-00-${process.pid}`,
      `2026-01-04T00-00-00-${gone}`,
      `2026-01-05T00-00-00-${gone}`,
    ]);
    expect(names).to.have.length(5).and.to.include('note.txt');
  });

  it('are below $XDG_STATE_HOME, else below the home folder', () => {
    expect(stateFolder({ XDG_STATE_HOME: '/s', HOME: '/h' })).to.equal('/s/oms-play');
    expect(stateFolder({ XDG_STATE_HOME: 'relative', HOME: '/h' })).to.equal('/h/.local/state/oms-play');
  });
});
