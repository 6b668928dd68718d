import { expect } from 'chai';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { memoryFile, memoryFolder } from '../../src/vault/memory-folder.ts';
import { createFile, replaceFile } from '../../src/vault/replace-file.ts';

describe('vault: files', () => {
  const dir = mkdtempSync(join(tmpdir(), 'oms-vault-files-'));
  after(() => rmSync(dir, { recursive: true, force: true }));
  const modeOf = (path: string): number => statSync(path).mode & 0o777;

  it('replaces a file by rename, keeps its mode, and leaves links in place', () => {
    const path = join(dir, 'one.yml');
    writeFileSync(path, 'old');
    chmodSync(path, 0o640);
    symlinkSync('one.yml', join(dir, 'link.yml'));
    const before = statSync(path).ino;
    replaceFile(join(dir, 'link.yml'), 'new');
    expect(readFileSync(path, 'utf8')).to.equal('new');
    expect(modeOf(path)).to.equal(0o640);
    expect(statSync(path).ino).not.to.equal(before);
    replaceFile(path, 'clear', 0o700);
    expect(modeOf(path)).to.equal(0o600);
    expect(readdirSync(dir).sort()).to.deep.equal(['link.yml', 'one.yml']);
  });

  it('makes a new file of mode 0600, never over another', () => {
    const path = join(dir, 'new.yml');
    createFile(path, 'x');
    expect(modeOf(path)).to.equal(0o600);
    expect(() => createFile(path, 'y')).to.throw('EEXIST');
    expect(readFileSync(path, 'utf8')).to.equal('x');
    expect(readdirSync(dir).filter((name) => name.startsWith('.'))).to.deep.equal([]);
  });

  it('knows which folders are in memory', () => {
    expect(memoryFolder({ XDG_RUNTIME_DIR: '/proc' })).to.equal('/dev/shm');
    expect(memoryFolder({})).to.equal('/dev/shm');
  });

  it('keeps a text in memory for its owner only, and removes it and what dead processes left', () => {
    const stale = join(dir, 'oms-play-vault-999999999-x');
    const mine = join(dir, `oms-play-vault-${process.pid}-other`);
    mkdirSync(stale);
    mkdirSync(mine);
    const file = memoryFile(dir, '/some/where/secrets.yml', 'text');
    expect(file.path).to.match(/\/secrets\.yml$/);
    expect([modeOf(file.path), modeOf(dirname(file.path))]).to.deep.equal([0o600, 0o700]);
    expect([existsSync(stale), existsSync(mine)]).to.deep.equal([false, true]);
    writeFileSync(file.path, 'changed');
    expect(file.read()).to.equal('changed');
    writeFileSync(file.path, Buffer.from([0xff]));
    expect(() => file.read()).to.throw();
    file.remove();
    expect(existsSync(dirname(file.path))).to.equal(false);
  });
});
