import { expect } from 'chai';
import { LOCAL_INVENTORY, oms, projectFolder } from './terminal.ts';

const inventory = LOCAL_INVENTORY;
const folder = (playbook: string): string => projectFolder({ 'inv.yml': inventory, 'p.yml': playbook });
const argv = ['p.yml', '-i', 'inv.yml', '-l', 'n-1'];

describe('cli: vars_prompt', () => {
  const prompts = (more: string): string => `
- hosts: all
  vars_prompt:
    - name: word
      ${more}
  vars: { word: play }
  tasks:
    - debug: { msg: "said {{word}}" }
    - meta: noop
`;

  it('asks before the run; what is typed is no template, and hidden where it is private', async () => {
    const shown = folder(prompts('prompt: Which word\n      private: false\n      default: none'));
    const ran = await oms(argv, { cwd: shown, lines: ['{{greeting}}'] });
    expect(ran.asked).to.deep.equal(['Which word [none]: ']);
    expect(ran.stdout).to.contain('said {{greeting}}');
    expect((await oms(argv, { cwd: shown, lines: [''] })).stdout).to.contain('said none');
    const hidden = await oms(argv, { cwd: folder(prompts('prompt: Word')), lines: [], typed: ['S3cret!x'] });
    expect(hidden.asked).to.deep.equal(['Word: ']);
    expect(hidden.stdout).to.contain('said ***').and.not.contain('S3cret!x');
  });

  it('-e is not asked for; without a terminal a default is taken, and else -e is named', async () => {
    const cwd = folder(prompts('private: false'));
    const given = await oms([...argv, '-e', 'word=mine'], { cwd, lines: [] });
    expect(given.asked).to.deep.equal([]);
    expect(given.stdout).to.contain('said mine');
    const bare = await oms(argv, { cwd });
    expect(bare.code).to.equal(1);
    expect(bare.stderr).to.match(/p\.yml:4: "word" is to be asked for, .* -e word=…/);
    expect((await oms(argv, { cwd: folder(prompts('default: 7')) })).stdout).to.contain('said 7');
  });

  it('confirm asks twice until both are the same', async () => {
    const cwd = folder(prompts('private: false\n      confirm: true'));
    const ran = await oms(argv, { cwd, lines: ['a', 'b', '', 'c', 'c'] });
    expect(ran.asked).to.have.length(5);
    expect(ran.stdout).to.contain('said c');
  });

  it('a list of tasks asks nothing; what is not supported is told', async () => {
    const listed = await oms([...argv, '--list-tasks', '--list-hosts', '--list-tags', '--syntax-check'], {
      cwd: folder(prompts('private: false')),
      lines: [],
    });
    expect(listed.code).to.equal(0);
    expect(listed.stdout)
      .to.contain('debug')
      .and.contain('  meta: noop\n')
      .and.contain('n-1')
      .and.contain('TAGS');
    const hashed = await oms(argv, { cwd: folder(prompts('encrypt: sha512_crypt')), lines: [] });
    expect(hashed.stderr).to.match(/p\.yml:5:7[^]*"encrypt" is not supported: what is typed is not hashed/);
  });
});

describe('cli: --step and debugger', () => {
  const playbook = `
- hosts: all
  vars: { db: { password: S3cret_word } }
  tasks:
    - name: one
      debug: { msg: one }
    - name: two
      fail: { msg: broken }
      debugger: on_failed
    - name: three
      debug: { msg: three }
`;

  it('--step asks; an answer that is none is asked again', async () => {
    const ran = await oms([...argv, '--step', '--start-at-task', 'o?e'], {
      cwd: folder(playbook),
      lines: ['what', 'y', 'n', 'c'],
    });
    expect(ran.asked[0]).to.equal('[north] perform task: one (n-1)? (N)o/(y)es/(c)ontinue: ');
    expect(ran.stdout).to.contain('one').and.contain('three').and.not.contain('broken');
    expect(ran.code).to.equal(0);
  });

  it('debugger prints variables without their secrets, does it again, and quits', async () => {
    const cwd = folder(playbook);
    const ran = await oms(argv, { cwd, lines: ['p db', 'p zone', 'p nix', 'p result.msg', 'h', 'r', 'q'] });
    expect(ran.asked.every((question) => question === '[n-1] TASK: two (debug)> ')).to.equal(true);
    expect(ran.stderr).to.contain('"password": "***"').and.contain('\n1\n').and.contain('there is no "nix"');
    expect(ran.stderr).to.contain('"broken"').and.contain('do the task again');
    expect(ran.stdout).to.not.contain('three');
    expect(ran.code).to.equal(130);
  });

  it('both need a terminal', async () => {
    const cwd = folder(playbook);
    expect((await oms([...argv, '--step'], { cwd })).stderr).to.match(/--step asks .* no terminal/);
    const bare = await oms(argv, { cwd });
    expect(bare.stderr).to.match(/p\.yml:7: this task has a debugger, and there is no terminal/);
    expect(bare.code).to.equal(1);
  });
});

describe('cli: pause', () => {
  const pauseFolder = (pause: string): string =>
    projectFolder({
      'inv.yml': inventory,
      'p.yml': `
- hosts: all
  tasks:
    - pause: ${pause}
      register: said
    - debug: { msg: "said {{said.user_input}}" }
    - set_stats: { data: { answered: "{{said.user_input}}" } }
`,
    });

  it('asks on the terminal, and stats stand at the end', async () => {
    const ran = await oms(argv, { cwd: pauseFolder('{ prompt: Which one }'), lines: ['the first'] });
    expect(ran.asked).to.deep.equal(['[north] Which one: ']);
    expect(ran.stdout)
      .to.contain('said the first')
      .and.to.match(/STATS\n +run +answered: the first\n\nRECAP/);
  });

  it('hides what is answered where it is not echoed', async () => {
    const ran = await oms(argv, { cwd: pauseFolder('{ echo: false }'), lines: [], typed: ['S3cret!x'] });
    expect(ran.asked).to.deep.equal(['[north] Press Enter to continue, Ctrl+C to interrupt: ']);
    expect(ran.stdout).to.contain('said ***').and.not.contain('S3cret!x');
  });

  it('fails without a terminal', async () => {
    const ran = await oms(argv, { cwd: pauseFolder('{ prompt: Ready? }') });
    expect(ran.code).to.equal(2);
    expect(ran.stdout).to.contain('there is no terminal to ask on: Ready?').and.not.contain('said');
  });
});
