import { expect } from 'chai';
import { tmpdir } from 'node:os';
import { packageVersion } from '../../src/cli/package-root.ts';
import { oms } from './terminal.ts';

const at = { cwd: tmpdir() };

describe('cli: command line', () => {
  it('prints the version of the package', async () => {
    const ran = await oms(['--version'], at);
    expect(ran.stdout.trim()).to.equal(packageVersion());
    expect(ran.code).to.equal(0);
  });

  it('without arguments prints help on stderr and fails', async () => {
    const ran = await oms([], at);
    expect(ran.code).to.equal(1);
    expect(ran.stdout).to.equal('');
    expect(ran.stderr).to.include('oms-play [run] PLAYBOOK').and.to.include('Examples:');
  });

  for (const command of ['run', 'exec', 'inventory', 'doc', 'lint']) {
    it(`has help with examples for ${command}`, async () => {
      const ran = await oms([command, '--help'], at);
      expect(ran.code).to.equal(0);
      expect(ran.stdout).to.include('Examples:').and.to.include(`oms-play `);
      expect(ran.stdout).not.to.match(/default: (\[\]|false)/);
    });
  }

  it('suggests the option that was meant', async () => {
    const ran = await oms(['deploy.yml', '--chekc'], at);
    expect(ran.code).to.equal(1);
    expect(ran.stderr).to.include("unknown option '--chekc'").and.to.include('--check');
  });

  it('suggests the command that was meant', async () => {
    const ran = await oms(['inventroy', '--graph'], at);
    expect(ran.code).to.equal(1);
    expect(ran.stderr).to.include('Did you mean "inventory"?');
  });

  it('says where a command belongs when options come before it', async () => {
    const ran = await oms(['--graph', 'inventory'], at);
    expect(ran.stderr).to.include('it comes first');
  });

  for (const wrong of [
    ['--forks', '0'],
    ['--regions', 'x'],
    ['--timeout', '-1'],
    ['--output', 'xml'],
    ['--host-key-checking', 'maybe'],
    ['--become-method', 'pbrun'],
  ]) {
    it(`refuses ${wrong.join(' ')}`, async () => {
      const ran = await oms(['run', 'x.yml', ...wrong], at);
      expect(ran.code).to.equal(1);
      expect(ran.stderr).to.include(`${wrong[0]}`);
    });
  }
});
