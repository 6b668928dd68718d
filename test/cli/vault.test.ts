import { expect } from 'chai';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ALICE, BOB, AGE_PASSPHRASE, AGE_PASSPHRASE_TEXT } from '../vault/age-texts.ts';
import {
  ANSIBLE_1_1,
  ANSIBLE_1_2,
  ANSIBLE_PASSPHRASE,
  ANSIBLE_PLAIN,
  ANSIBLE_SINGLE,
} from '../vault/ansible-texts.ts';
import { oms, projectFolder, type Ran } from './terminal.ts';

/** An editor that notes what it was given, and writes $NEW. */
const EDITOR = `#!/bin/sh
for file; do :; done
cp "$file" "$SEEN/text"; stat -c %a "$file" "$(dirname "$file")" > "$SEEN/modes"; echo "$*" > "$SEEN/words"
printf "$NEW" > "$file"
`;

describe('cli: vault', () => {
  const cwd = projectFolder({
    'alice.txt': `${ALICE.identity}\n`,
    'bob.txt': `${BOB.identity}\n`,
    'ansible.txt': `${ANSIBLE_PASSPHRASE}\n`,
    'age.txt': AGE_PASSPHRASE,
    'editor.sh': EDITOR,
    'seen/.keep': '',
  });
  chmodSync(join(cwd, 'editor.sh'), 0o700);
  const file = (name: string, text: string, mode = 0o644): string => {
    writeFileSync(join(cwd, name), text);
    chmodSync(join(cwd, name), mode);
    return name;
  };
  const textOf = (name: string): string => readFileSync(join(cwd, name), 'utf8');
  const vault = (...args: string[]): Promise<Ran> => oms(['vault', ...args], { cwd });
  const alice = ['--vault-identity', 'alice.txt'];
  const edit = (args: readonly string[], text: string, env: Readonly<Record<string, string>> = {}) =>
    oms(['vault', ...args], {
      cwd,
      env: { PATH: process.env['PATH'], EDITOR: './editor.sh', SEEN: join(cwd, 'seen'), NEW: text, ...env },
    });
  const leftInMemory = (): readonly string[] =>
    readdirSync('/dev/shm').filter((name) => name.startsWith(`oms-play-vault-${process.pid}-`));

  it('encrypts in place, keeping the mode, and shows and decrypts again', async () => {
    file('e.yml', 'word: In-The-File\n', 0o640);
    const { code, stderr } = await vault('encrypt', 'e.yml', ...alice);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: 'e.yml is encrypted\n' });
    expect(textOf('e.yml')).to.match(/^-----BEGIN AGE/);
    expect(statSync(join(cwd, 'e.yml')).mode & 0o777).to.equal(0o640);
    expect((await vault('view', 'e.yml', ...alice)).stdout).to.equal('word: In-The-File\n');
    expect((await vault('encrypt', 'e.yml', ...alice)).stderr).to.include('encrypted already');
    expect((await vault('decrypt', 'e.yml', '--output', '-', ...alice)).stdout).to.equal(
      'word: In-The-File\n',
    );
    await vault('decrypt', 'e.yml', ...alice);
    expect(textOf('e.yml')).to.equal('word: In-The-File\n');
    expect(statSync(join(cwd, 'e.yml')).mode & 0o777).to.equal(0o600);
  });

  it('encrypts for several people; each opens it, nobody else does', async () => {
    file('r.yml', 'a: 1\n');
    file('team.txt', `# bob\n${BOB.recipient}\n`);
    await vault('encrypt', 'r.yml', ...alice, '-r', 'team.txt');
    expect((await vault('view', 'r.yml', '--vault-id', 'bob@bob.txt')).stdout).to.equal('a: 1\n');
    await vault('rekey', 'r.yml', ...alice, '--new-vault-identity', 'bob.txt');
    const closed = await vault(
      'view',
      'r.yml',
      '--vault-id',
      'me@alice.txt',
      '--vault-password-file',
      'age.txt',
    );
    expect(closed.code).to.equal(1);
    expect(closed.stderr).to.include('r.yml cannot be decrypted').and.include('identity me (alice.txt)');
  });

  it('edits in memory: 0600, unchanged is untouched, changed is encrypted for the same key', async () => {
    const made = await edit(['create', 'n/s.yml', ...alice], 'pw: First\\n');
    expect(made.stderr).to.include('no such file or folder');
    mkdirSync(join(cwd, 'n'));
    expect(await edit(['create', 'n/s.yml', ...alice], 'pw: First\\n')).to.include({ code: 0 });
    expect(textOf('seen/modes')).to.equal('600\n700\n');
    expect(textOf('seen/words')).to.match(/^\/dev\/shm\/oms-play-vault-\d+-\w+\/s\.yml$/m);
    const before = textOf('n/s.yml');
    expect((await edit(['edit', 'n/s.yml', ...alice], 'pw: First\\n')).stderr).to.include('unchanged');
    expect(textOf('seen/text')).to.equal('pw: First\n');
    expect(textOf('n/s.yml')).to.equal(before);
    await edit(['edit', 'n/s.yml', ...alice, '--vault-password-file', 'age.txt'], 'pw: Second\\n');
    expect((await vault('view', 'n/s.yml', ...alice)).stdout).to.equal('pw: Second\n');
    expect((await edit(['create', 'n/s.yml', ...alice], 'x')).stderr).to.include('there already');
    expect(leftInMemory()).to.deep.equal([]);
  });

  it('changes nothing when the editor fails, is missing, or has no place in memory', async () => {
    file('k.yml', AGE_PASSPHRASE_TEXT);
    const failing = (env: Readonly<Record<string, string>>) =>
      edit(['edit', 'k.yml', '--vault-password-file', 'age.txt'], 'x', env);
    expect((await failing({ EDITOR: 'false' })).stderr).to.include('ended with exit code 1');
    expect((await failing({ VISUAL: 'no-such-editor --wait' })).stderr).to.include('$VISUAL or $EDITOR');
    const nowhere = await edit(
      ['edit', 'k.yml', '--vault-password-file', 'age.txt', '--temp-dir', 'nix'],
      'x',
    );
    expect(nowhere.stderr).to.include('no folder nix');
    expect(textOf('k.yml')).to.equal(AGE_PASSPHRASE_TEXT);
    expect(leftInMemory()).to.deep.equal([]);
  });

  it('shuts nobody out unasked: others a file is for have to be named', async () => {
    file('two.yml', 'a: 1\n');
    await vault('encrypt', 'two.yml', ...alice, '-r', BOB.recipient);
    const refused = await edit(['edit', 'two.yml', ...alice], 'a: 2\\n');
    expect(refused.stderr).to.include('encrypted for 2 keys').and.include('--recipient');
    expect(await edit(['edit', 'two.yml', ...alice, '-r', BOB.recipient], 'a: 2\\n')).to.include({ code: 0 });
    expect((await vault('view', 'two.yml', '--vault-identity', 'bob.txt')).stdout).to.equal('a: 2\n');
  });

  it('reads files of ansible-vault, writes them not, and rekeys them to age', async () => {
    file('w.yml', ANSIBLE_1_2);
    const key = ['--vault-password-file', 'ansible.txt'];
    expect((await vault('view', 'w.yml', ...key)).stdout).to.equal(ANSIBLE_PLAIN);
    expect((await edit(['edit', 'w.yml', ...key], 'x')).stderr).to.include('vault rekey');
    expect(textOf('w.yml')).to.equal(ANSIBLE_1_2);
    await vault('rekey', 'w.yml', ...key, '--new-vault-identity', 'alice.txt');
    expect((await vault('view', 'w.yml', ...alice)).stdout).to.equal(ANSIBLE_PLAIN);
  });

  it('rekeys single values where they stand, and all files or none', async () => {
    const block = ANSIBLE_SINGLE.trim().replaceAll(/^/gm, '      ');
    const text = `# kept\nfirst:\n  - x: !vault |\n${block}\n    y: 1 # kept too\n`;
    file('v.yml', text);
    file('w1.yml', ANSIBLE_1_1);
    file('bad.yml', `a: !vault |\n${block.slice(0, 200)}\n`);
    const to = ['--vault-password-file', 'ansible.txt', '-r', ALICE.recipient];
    const failed = await vault('rekey', 'v.yml', 'w1.yml', 'bad.yml', ...to);
    expect(failed.stderr).to.match(/bad\.yml:1 cannot be decrypted/);
    expect([textOf('v.yml'), textOf('w1.yml')]).to.deep.equal([text, ANSIBLE_1_1]);
    expect((await vault('rekey', 'v.yml', 'w1.yml', ...to)).stderr).to.include(
      'v.yml: 1 value encrypted anew',
    );
    expect(textOf('v.yml')).to.match(
      /^# kept\nfirst:\n {2}- x: !vault \|\n {6}-----BEGIN AGE[^:]*\n {4}y: 1 # kept too\n$/,
    );
    const { stdout } = await vault('view', 'v.yml', ...alice);
    expect(stdout).to.equal('# kept\nfirst:\n  - x: "One {{value}} by Ansible"\n    y: 1 # kept too\n');
  });

  it('prints a single value that reads back', async () => {
    const { stdout } = await vault('encrypt-string', 'The value', '--name', 'db_word', ...alice);
    expect(stdout)
      .to.match(/^db_word: !vault \|\n {2}-----BEGIN AGE/)
      .and.not.include('The value');
    file('s.yml', stdout);
    expect((await vault('view', 's.yml', ...alice)).stdout).to.equal('db_word: "The value"\n');
    expect((await vault('encrypt-string', 'x', '--name', 'a b', ...alice)).stderr).to.include('no name');
  });

  it('makes an identity for its owner only, never over another file', async () => {
    const { stdout } = await vault('keygen', 'keys/new.txt');
    expect(statSync(join(cwd, 'keys/new.txt')).mode & 0o777).to.equal(0o600);
    file('g.yml', 'a: 1\n');
    await vault('encrypt', 'g.yml', '-r', stdout.trim());
    expect((await vault('view', 'g.yml', '--vault-identity', 'keys/new.txt')).stdout).to.equal('a: 1\n');
    expect(await vault('keygen', 'alice.txt')).to.include({ code: 1 });
    expect(textOf('alice.txt')).to.equal(`${ALICE.identity}\n`);
  });

  it('takes keys from the environment, or asks', async () => {
    file('p.yml', AGE_PASSPHRASE_TEXT);
    const env = { OMS_PLAY_VAULT_IDENTITY: 'alice.txt', OMS_PLAY_VAULT_PASSWORD_FILE: 'age.txt' };
    expect((await oms(['vault', 'view', 'p.yml'], { cwd, env })).stdout).to.equal(
      'age_word: Sealed-With-Age\n',
    );
    const asked = await oms(['vault', 'view', 'p.yml'], { cwd, typed: [AGE_PASSPHRASE] });
    expect(asked).to.deep.include({ stdout: 'age_word: Sealed-With-Age\n', asked: ['Vault passphrase: '] });
    file('plain.yml', 'a: 1\n');
    const differ = await oms(['vault', 'encrypt', 'plain.yml'], { cwd, typed: ['one', 'two'] });
    expect(differ).to.deep.include({
      code: 1,
      stderr: 'error: the two passphrases differ; nothing was done\n',
    });
    expect(textOf('plain.yml')).to.equal('a: 1\n');
  });

  it('says what cannot be: two kinds of keys, no key of a label, no recipient, no such file', async () => {
    file('u.yml', 'a: 1\n');
    file('bin.yml', '\xff');
    writeFileSync(join(cwd, 'bin.yml'), Buffer.from([0xff, 0xfe]));
    symlinkSync('nowhere', join(cwd, 'dangling.yml'));
    const both = [...alice, '--vault-id', 'age@age.txt'];
    const cases: readonly (readonly [readonly string[], string])[] = [
      [['encrypt', 'u.yml', ...both], '--encrypt-vault-id'],
      [['encrypt', 'u.yml', ...both, '--encrypt-vault-id', 'nix'], 'given were: default, age'],
      [['encrypt', 'u.yml', '-r', 'age1nonsense'], 'no public key'],
      [['encrypt', 'u.yml', '-r', 'alice.txt'], 'use --vault-identity'],
      [['encrypt', 'nix.yml', ...alice], 'nix.yml: there is no such file'],
      [['encrypt', 'bin.yml', ...alice], 'no text in UTF-8'],
      [['encrypt', 'dangling.yml', ...alice], 'no such file'],
      [['encrypt', '.', ...alice], 'not a regular file'],
      [['decrypt', 'u.yml'], 'u.yml is not encrypted'],
      [['view', 'u.yml'], 'no YAML with !vault values'],
      [['view', 'u.yml', '--vault-identity', 'nix.txt'], 'no YAML with !vault values'],
      [['encrypt', 'u.yml', '--vault-identity', 'nix.txt'], 'vault key: nix.txt: there is no such file'],
    ];
    for (const [args, words] of cases) {
      const { code, stderr } = await vault(...args);
      expect(code, args.join(' ')).to.equal(1);
      expect(stderr, args.join(' ')).to.include(words);
    }
    expect(textOf('u.yml')).to.equal('a: 1\n');
    expect(existsSync(join(cwd, 'nix.yml'))).to.equal(false);
  });
});
