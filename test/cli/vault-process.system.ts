import { expect } from 'chai';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
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
import { unarmored } from '../../src/vault/format.ts';
import { AGE_PASSPHRASE, AGE_PASSPHRASE_TEXT, ALICE } from '../vault/age-texts.ts';

const root = join(import.meta.dirname, '..', '..');
const WORD = 'Plain-Text-Of-This-Test';

describe('cli: vault in a process of its own', function () {
  this.timeout(30000);
  const cache = join(root, '.cache');
  let dist = '';
  let cwd = '';
  before(() => {
    mkdirSync(cache, { recursive: true });
    dist = mkdtempSync(join(cache, 'unit-dist-'));
    execFileSync(process.execPath, ['scripts/build.mjs', '--outdir', dist], { cwd: root });
    cwd = mkdtempSync(join(tmpdir(), 'oms-vault-process-'));
    for (const folder of ['home', 'temp']) mkdirSync(join(cwd, folder));
    writeFileSync(join(cwd, 'alice.txt'), `${ALICE.identity}\n`);
    writeFileSync(join(cwd, 'editor.sh'), '#!/bin/sh\nprintf "%s" "$TEXT" > "$1"\n$THEN\n');
    chmodSync(join(cwd, 'editor.sh'), 0o700);
  });
  after(() => {
    rmSync(dist, { recursive: true, force: true });
    rmSync(cwd, { recursive: true, force: true });
  });

  const env = (more: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
    PATH: process.env['PATH'],
    HOME: join(cwd, 'home'),
    TMPDIR: join(cwd, 'temp'),
    XDG_RUNTIME_DIR: '',
    EDITOR: './editor.sh',
    ...more,
  });
  const main = (): string => join(dist, 'main.js');
  const vault = (args: readonly string[], more: Readonly<Record<string, string>> = {}, input = '') =>
    spawnSync(process.execPath, [main(), 'vault', ...args], { cwd, env: env(more), input, encoding: 'utf8' });
  const ofProcess = (pid: number | undefined): readonly string[] =>
    readdirSync('/dev/shm').filter((name) => name.startsWith(`oms-play-vault-${pid}-`));
  /** Files below the folder that hold the text. */
  const filesWith = (dir: string, text: string): readonly string[] =>
    readdirSync(dir, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => readFileSync(path, 'latin1').includes(text));

  it('writes nothing in clear to any disk: create, edit, view, encrypt-string, rekey', () => {
    const key = ['--vault-identity', 'alice.txt'];
    expect(vault(['create', 'a.yml', ...key], { TEXT: `a: ${WORD}\n` }).status).to.equal(0);
    expect(vault(['edit', 'a.yml', ...key], { TEXT: `b: ${WORD}\n` }).status).to.equal(0);
    expect(vault(['view', 'a.yml', ...key]).stdout).to.equal(`b: ${WORD}\n`);
    const string = vault(['encrypt-string', '--stdin-name', 'c', ...key], {}, WORD);
    expect(string.stdout).to.match(/^c: !vault \|\n/);
    writeFileSync(join(cwd, 'c.yml'), string.stdout);
    expect(vault(['rekey', 'a.yml', 'c.yml', ...key, '-r', ALICE.recipient]).status).to.equal(0);
    expect(vault(['view', 'c.yml', ...key]).stdout).to.equal(`c: "${WORD}"\n`);
    expect(filesWith(cwd, WORD)).to.deep.equal([]);
    expect(statSync(join(cwd, 'a.yml')).mode & 0o777).to.equal(0o600);
  });

  it('removes the text from memory when it is ended while the editor is open', async () => {
    const old = readFileSync(join(cwd, 'a.yml'), 'utf8');
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
      const child = spawn(
        process.execPath,
        [main(), 'vault', 'edit', 'a.yml', '--vault-identity', 'alice.txt'],
        {
          cwd,
          env: env({ TEXT: 'changed', THEN: 'exec sleep 20' }),
          stdio: ['ignore', 'ignore', 'pipe'],
        },
      );
      const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
      const isThere = (): boolean =>
        ofProcess(child.pid)
          .map((name) => join('/dev/shm', name, 'a.yml'))
          .some((path) => existsSync(path) && readFileSync(path, 'utf8') === 'changed');
      while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 20));
      child.kill(signal);
      expect(await ended, signal).to.equal(130);
      expect(ofProcess(child.pid)).to.deep.equal([]);
      expect(readFileSync(join(cwd, 'a.yml'), 'utf8')).to.equal(old);
    }
  });

  it('asks for the passphrase on the terminal, and shows no letter of it', () => {
    writeFileSync(join(cwd, 'p.yml'), AGE_PASSPHRASE_TEXT);
    const command = `'${process.execPath}' '${main()}' vault view p.yml --ask-vault-pass`;
    const { stdout, status } = spawnSync('script', ['-qec', command, join(cwd, 'typescript')], {
      cwd,
      env: env({}),
      input: `${AGE_PASSPHRASE}\n`,
      encoding: 'utf8',
    });
    expect(stdout).to.include('Vault passphrase: ').and.include('age_word: Sealed-With-Age');
    expect(stdout.replace(/^.*passphrase: /s, '')).not.to.include(AGE_PASSPHRASE);
    expect(status).to.equal(0);
  });

  it('encrypts with a passphrase from a program', () => {
    writeFileSync(join(cwd, 'pass.sh'), '#!/bin/sh\necho from-a-program\n', { mode: 0o700 });
    writeFileSync(join(cwd, 'q.yml'), `q: ${WORD}\n`);
    const key = ['--vault-password-file', 'pass.sh'];
    expect(vault(['encrypt', 'q.yml', ...key]).stderr).to.equal('q.yml is encrypted\n');
    expect(filesWith(cwd, WORD)).to.deep.equal([]);
    // Opening it would take a second more; the unit tests open one that was made with less work.
    const header = unarmored(readFileSync(join(cwd, 'q.yml'), 'utf8'))?.toString('latin1');
    expect(header).to.match(/^age-encryption\.org\/v1\n-> scrypt \S+ 18\n/);
    const wrong = vault(['view', 'q.yml', '--vault-id', 'me@alice.txt']);
    expect(wrong.stderr).to.include('q.yml cannot be decrypted').and.include('identity me (alice.txt)');
  });
});
