import { readFileSync, statSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { lintRules } from '../../src/lint/rules.ts';
import { oms, projectFolder } from './terminal.ts';

const task = (text: string): string => `- hosts: all\n  tasks:\n    - name: One\n${text}`;
const SAY = `      command: echo\n      changed_when: false\n`;

const OLD = `# a playbook from long ago
- hosts: all   # everything
  tasks:
    - name: Folders
      file: { path: "{{item}}", state: directory, mode: 0755 }   # both
      with_items: [/a, "/b"]  # noqa: nothing

    - name: Say
      command: echo 'x'
      changed_when: false
      when:    ready and not late   # when it is time
      become: yes
      vars: { ready: true, late: no }
`;
const NEW = `# a playbook from long ago
- hosts: all   # everything
  tasks:
    - name: Folders
      file: { path: "{{item}}", state: directory, mode: "0755" }   # both
      loop: [/a, "/b"]  # noqa: nothing

    - name: Say
      command: echo 'x'
      changed_when: false
      when:    ready && !late   # when it is time
      become: true
      vars: { ready: true, late: "no" }
`;

describe('cli: lint with rules', () => {
  const lint = (cwd: string, ...args: string[]) => oms(['lint', ...args], { cwd });
  const folder = (text: string, more: Readonly<Record<string, string>> = {}): string =>
    projectFolder({ 'site.yml': text, ...more });
  const unused = `${task(SAY)}      register: seen\n`;

  it('names the rule at its place; warnings are no failure unless asked for', async () => {
    const cwd = folder(unused);
    const ran = await lint(cwd);
    expect(ran.code).to.equal(0);
    expect(ran.stderr).to.include('Warning: unused variable [unused-variable]\n  site.yml:6:17');
    expect((await lint(cwd, '--strict')).code).to.equal(1);
  });

  it('takes --rules and --skip, and refuses a name that is none', async () => {
    const cwd = folder(unused);
    expect((await lint(cwd, '--strict', '--skip', 'unused-variable')).stdout).to.equal('no problems\n');
    expect((await lint(cwd, '--strict', '--rules', 'unnamed-task,plain-secret')).code).to.equal(0);
    expect((await lint(cwd, '--strict', '--rules', 'unused-variable')).code).to.equal(1);
    const wrong = await lint(cwd, '--skip', 'unused-variabel');
    expect(wrong.code).to.equal(1);
    expect(wrong.stderr).to.include('Did you mean "unused-variable"?');
  });

  it('follows .oms-play-lint.yml, and says what is wrong in it', async () => {
    const settings = (text: string): string => folder(unused, { '.oms-play-lint.yml': text });
    expect((await lint(settings('skip: [unused-variable]\n'))).stdout).to.equal('no problems\n');
    const wrong = await lint(settings('skip: [unused-variabel]\nwarm: []\n'));
    expect(wrong.code).to.equal(1);
    expect(wrong.stderr).to.include('.oms-play-lint.yml:1:8').and.to.include('.oms-play-lint.yml:2:1');
  });

  it('makes an error of a rule a warning only where loading does not refuse it', async () => {
    const cwd = folder(task('      command: echo\n      when: a and b\n      vars: { a: true, b: true }\n'), {
      '.oms-play-lint.yml': 'warn: [condition-language]\nskip: [no-changed-when]\n',
    });
    const ran = await lint(cwd);
    expect(ran.code).to.equal(1);
    expect(ran.stderr.match(/site\.yml:5:15/g)).to.have.length(1);
    expect(ran.stderr).to.include('Error: not CEL [condition-language]');
    // Not told by the rule, it is still told by loading.
    const quiet = await lint(cwd, '--skip', 'condition-language,no-changed-when');
    expect(quiet.code).to.equal(1);
    expect(quiet.stderr).to.include('Error: not CEL [bad-condition]');
  });

  it('mends what is safe, all else byte for byte, once and for all', async () => {
    const cwd = folder(OLD);
    chmodSync(join(cwd, 'site.yml'), 0o640);
    const read = (): string => readFileSync(join(cwd, 'site.yml'), 'utf8');
    const ran = await lint(cwd, '--fix', '--skip', 'unused-variable');
    expect(read()).to.equal(NEW);
    expect(statSync(join(cwd, 'site.yml')).mode & 0o777).to.equal(0o640);
    expect(ran.stdout.split('\n')).to.include.members([
      'fixed site.yml:5:57 unquoted-mode: 0755 → "0755"',
      'fixed site.yml:6:7 deprecated-loop: with_items → loop',
      'fixed site.yml:11:16 condition-language: ready and not late → ready && !late',
      'fixed site.yml:12:15 ambiguous-scalar: yes → true',
    ]);
    expect(ran).to.include({ code: 0, stderr: '' });
    const again = await lint(cwd, '--fix', '--skip', 'unused-variable');
    expect(again.stdout).to.equal('no problems\n');
    expect(read()).to.equal(NEW);
  });

  it('keeps line ends and a byte order mark as they are', async () => {
    const cwd = folder(`\uFEFF${OLD.replaceAll('\n', '\r\n')}`);
    await lint(cwd, '--fix');
    const now = readFileSync(join(cwd, 'site.yml'), 'utf8');
    expect(now).to.equal(`\uFEFF${NEW.replaceAll('\n', '\r\n')}`);
  });

  it('mends nothing without --fix and nothing that # noqa or --skip leaves alone', async () => {
    const cwd = folder(OLD.replace('late: no }', 'late: no } # noqa'));
    await lint(cwd);
    expect(readFileSync(join(cwd, 'site.yml'), 'utf8')).to.include('with_items');
    await lint(cwd, '--fix', '--skip', 'deprecated-loop');
    const now = readFileSync(join(cwd, 'site.yml'), 'utf8');
    expect(now).to.include('with_items').and.to.include('late: no }').and.to.include('"0755"');
  });

  it('leaves alone what it cannot mend for certain', async () => {
    const text = task(
      '      command: echo\n      changed_when: not a == b\n      vars: { a: 012, b: [[1]] }\n      with_items: [[1], [2]]\n',
    );
    const cwd = folder(text);
    const ran = await lint(cwd, '--fix');
    expect(ran.code).to.equal(1);
    expect(readFileSync(join(cwd, 'site.yml'), 'utf8')).to.equal(text);
  });

  it('gives JSON with every find, and no secret', async () => {
    const cwd = folder(`- hosts: all\n  vars: { db_password: hunter22, x: "{{db_password}}" }\n`);
    const ran = await lint(cwd, '--output', 'json');
    const answer = JSON.parse(ran.stdout) as Record<string, unknown>;
    expect(answer).to.include({ errors: 0, warnings: 2, fixable: 0 });
    expect((answer['findings'] as unknown[])[0]).to.include({
      rule: 'plain-secret',
      severity: 'warning',
      file: 'site.yml',
      line: 2,
      column: 24,
      fixable: false,
    });
    expect(ran.stdout + (await lint(cwd)).stderr).not.to.include('hunter22');
  });

  it('gives a SARIF log with what SARIF 2.1.0 requires', async () => {
    const cwd = folder(`${unused}      whenn: true\n`);
    const ran = await lint(cwd, '--output', 'sarif');
    expect(ran.code).to.equal(1);
    const log = JSON.parse(ran.stdout) as Sarif;
    expect(log.version).to.equal('2.1.0');
    const [run] = log.runs;
    expect(run?.tool.driver.name).to.equal('oms-play');
    const ids = run?.tool.driver.rules.map(({ id }) => id) ?? [];
    expect(ids).to.include.members(lintRules.map(({ name }) => name));
    expect(run?.results).to.have.length(2);
    for (const { ruleId, ruleIndex, level, message, locations } of run?.results ?? []) {
      expect(ids[ruleIndex]).to.equal(ruleId);
      expect(['error', 'warning', 'note', 'none']).to.include(level);
      expect(message.text).not.to.equal('');
      const { artifactLocation, region } = locations[0]?.physicalLocation ?? {};
      expect(artifactLocation).to.deep.equal({ uri: 'site.yml', uriBaseId: 'ROOT' });
      expect(region?.endColumn).to.be.greaterThan(region?.startColumn ?? 0);
    }
    expect(run?.results.map(({ ruleId }) => ruleId)).to.deep.equal(['unused-variable', 'unknown-key']);
  });

  it('offers in SARIF what --fix would do', async () => {
    const cwd = folder(task('      file: { path: /a, state: directory, mode: 0755 }\n'));
    const { stdout } = await lint(cwd, '--output', 'sarif');
    const [change] = (JSON.parse(stdout) as Sarif).runs[0]?.results[0]?.fixes?.[0]?.artifactChanges ?? [];
    expect(change).to.deep.equal({
      artifactLocation: { uri: 'site.yml', uriBaseId: 'ROOT' },
      replacements: [
        {
          deletedRegion: { startLine: 4, startColumn: 49, endColumn: 53 },
          insertedContent: { text: '"0755"' },
        },
      ],
    });
  });

  it('lists the rules', async () => {
    const { stdout } = await lint(folder(unused), '--list-rules');
    for (const { name } of lintRules) expect(stdout).to.match(new RegExp(`^${name} `, 'm'));
    expect(stdout).to.match(/^unquoted-mode +error +fix +unquoted file mode$/m);
  });
});

interface Sarif {
  readonly version: string;
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly { id: string }[] } };
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly fixes?: readonly { readonly artifactChanges: readonly object[] }[];
      readonly locations: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: object;
          readonly region: { readonly startColumn: number; readonly endColumn: number };
        };
      }[];
    }[];
  }[];
}
