import { expect } from 'chai';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sealAge } from '../../src/vault/age.ts';
import { ALICE, BOB } from '../vault/age-texts.ts';
import { ANSIBLE_PASSPHRASE, ANSIBLE_SINGLE, ANSIBLE_SINGLE_PLAIN } from '../vault/ansible-texts.ts';
import { oms, projectFolder } from './terminal.ts';

const WORD = "Only-In'The-Vault";
const NESTED = 'nested-vault-words';
/** Every text that must not be seen, and what is left of them where a line is cut. */
const SECRET = /Only-In|The-Vault|nested-vault|by Ansible|AGE-SECRET|1357924680/;

describe('cli: runs with vaults', function () {
  this.timeout(20000);
  const cwd = projectFolder({
    'alice.txt': `${ALICE.identity}\n`,
    'bob.txt': `${BOB.identity}\n`,
    'ansible.txt': ANSIBLE_PASSPHRASE,
    'inv/inventory.yml': `vars:
  ansible_connection: local
  out: /dev/null
  single: !vault |
${ANSIBLE_SINGLE.trim().replaceAll(/^/gm, '    ')}
regions:
  r: { nodes: { n-1: { address: 127.0.0.1 } } }
`,
    'play.yml': `- hosts: all
  vars_files: [more.yml]
  tasks:
    - debug: { msg: "{{word}} {{deep.list}} {{single}} {{number}} {{composed}}" }
    - shell: printf %s {{sh word}} > {{out}}; printf %s {{sh single}} >> {{out}}; echo {{sh word}} | base64; echo {{number}} >&2
    - copy: { dest: "{{out}}.cfg", content: "a={{word}}\\nb={{from_file}}\\n" }
    - assert: { that: [number == 1357924680, "single.startsWith('One')"] }
    - set_fact: { kept: "{{word}}" }
    - debug: { var: kept }
    - fail: { msg: "it is {{word}} and {{deep.list}}" }
`,
  });
  const keys = ['--vault-identity', 'alice.txt', '--vault-password-file', 'ansible.txt'];
  const seal = (text: string): Promise<string> => sealAge(text, { recipients: [ALICE.recipient] });
  before(async () => {
    mkdirSync(join(cwd, 'inv/group_vars'));
    const vars = `word: ${JSON.stringify(WORD)}\ndeep: { list: [${NESTED}] }\nnumber: 1357924680\ncomposed: "<{{word}}>"\n`;
    writeFileSync(join(cwd, 'inv/group_vars/all.yml'), await seal(vars));
    writeFileSync(join(cwd, 'more.yml'), await seal(`from_file: Also-${NESTED}\n`));
    writeFileSync(join(cwd, 'extra.yml'), await seal(`word: Extra-${WORD}\n`));
  });
  const run = (...args: string[]) =>
    oms(['play.yml', '-i', 'inv', ...keys, '-e', `out=${join(cwd, 'out')}`, ...args], { cwd });

  it('gives nodes the values, and shows them in no form of output', async () => {
    const plain = await run('-vvv', '--diff');
    expect(plain.code).to.equal(2);
    expect(readFileSync(join(cwd, 'out'), 'utf8')).to.equal(WORD + ANSIBLE_SINGLE_PLAIN);
    expect(readFileSync(join(cwd, 'out.cfg'), 'utf8')).to.equal(`a=${WORD}\nb=Also-${NESTED}\n`);
    expect(plain.stdout).to.include('***').and.to.include('it is ***');
    for (const args of [['--output', 'json', '-vvv', '--diff'], ['--check', '--diff', '-v'], ['--profile']]) {
      const { stdout, stderr } = await run(...args);
      expect(stdout + stderr, args.join(' ')).not.to.match(SECRET);
    }
    expect(plain.stdout + plain.stderr).not.to.match(SECRET);
    expect(plain.stdout).not.to.include(Buffer.from(`${WORD}\n`).toString('base64').slice(2, -4));
  });

  it('shows them in no inventory, listing or lint either', async () => {
    const inventory = (...args: string[]) => oms(['inventory', '-i', 'inv', ...keys, ...args], { cwd });
    const shown = await Promise.all([
      inventory('--list'),
      inventory('--host', 'n-1'),
      inventory('--host', 'n-1', '--explain', 'single'),
      inventory('--host', 'n-1', '--explain', 'composed', '-e', '@extra.yml'),
      run('--list-tasks'),
      run('--list-hosts', '-e', '@extra.yml'),
      oms(['lint', '.', '-i', 'inv', ...keys], { cwd }),
    ]);
    for (const { stdout, stderr, code } of shown) {
      expect(stdout + stderr).not.to.match(SECRET);
      expect(code, stderr).to.equal(0);
    }
    expect(JSON.parse(shown[1]?.stdout ?? '')).to.include({ word: '***', single: '***', number: '***' });
    expect(shown[2]?.stdout).to.include('inv/inventory.yml:4');
  });

  it('masks them in problems too, and names the file that no key opens; nothing runs', async () => {
    writeFileSync(
      join(cwd, 'wrong.yml'),
      `- hosts: all\n  tasks: [{ copy: { dest: /x, mode: "{{word}}", no_${NESTED}: 1 } }]\n`,
    );
    const wrong = await oms(['wrong.yml', '-i', 'inv', ...keys], { cwd });
    expect(wrong.code).to.equal(1);
    expect(wrong.stdout + wrong.stderr).not.to.match(SECRET);
    const closed = await oms(['play.yml', '-i', 'inv', '--vault-identity', 'bob.txt', '-e', 'out=x'], {
      cwd,
    });
    expect(closed.code).to.equal(1);
    expect(closed.stdout).to.equal('');
    expect(closed.stderr)
      .to.include('inv/group_vars/all.yml:1:1')
      .and.include('tried: identity bob.txt')
      .and.include('inv/inventory.yml:4:18')
      .and.include('more.yml:1:1');
    const none = await oms(['play.yml', '-i', 'inv', '-e', 'out=x'], { cwd });
    expect(none.stderr).to.include('--ask-vault-pass');
  });

  it('decrypts files to copy and templates on the way, and shows nothing of them', async () => {
    writeFileSync(join(cwd, 'key.pem'), await seal(`-- ${NESTED} file\n${WORD}\n`));
    writeFileSync(join(cwd, 'a.hbs'), await seal(`{{number}}\n${NESTED} template {{word}}\n`));
    const play = (more: string): string =>
      `- hosts: all\n  tasks:\n    - copy: { src: key.pem, dest: "{{out}}.key"${more} }\n    - template: { src: a.hbs, dest: "{{out}}.tpl" }\n    - template: { src: "{{t}}.hbs", dest: "{{out}}.tpl" }\n      vars: { t: a }\n`;
    const files = (...more: string[]) =>
      oms(['files.yml', '-i', 'inv', ...more, '-e', `out=${join(cwd, 'out')}`], { cwd });
    writeFileSync(join(cwd, 'files.yml'), play(''));
    for (const args of [['--check'], [], []]) {
      const { code, stdout, stderr } = await files(...keys, '--diff', '-vvv', ...args);
      expect(code, stderr).to.equal(0);
      expect(stdout + stderr).not.to.match(SECRET);
    }
    expect(readFileSync(join(cwd, 'out.key'), 'utf8')).to.equal(`-- ${NESTED} file\n${WORD}\n`);
    expect(readFileSync(join(cwd, 'out.tpl'), 'utf8')).to.equal(`1357924680\n${NESTED} template ${WORD}\n`);
    const closed = await files('--vault-identity', 'bob.txt');
    expect(closed.code).to.equal(1);
    expect(closed.stderr).to.include('files.yml:3:20').and.include('files.yml:4:24').and.include('bob.txt');
    writeFileSync(join(cwd, 'files.yml'), play(', decrypt: false'));
    expect((await files(...keys)).code).to.equal(0);
    expect(readFileSync(join(cwd, 'out.key'), 'utf8')).to.match(/^-----BEGIN AGE/);
  });

  it('warns of an encrypted file that a module sends as it is', async () => {
    writeFileSync(join(cwd, 'files.yml'), '- hosts: all\n  tasks:\n    - script: key.pem\n');
    const { stderr } = await oms(['lint', 'files.yml', '-i', 'inv', ...keys], { cwd });
    expect(stderr).to.include('encrypted file').and.include('files.yml:3:15');
  });

  it('says that a key cannot be used even where nothing is encrypted', async () => {
    const { code, stderr } = await oms(
      ['inventory', '-i', 'inv', '--vault-identity', 'nix.txt', '--vault-id', 'x@play.yml', ...keys],
      { cwd },
    );
    expect(code).to.equal(1);
    expect(stderr).to.include('nix.txt: there is no such file');
  });
});
