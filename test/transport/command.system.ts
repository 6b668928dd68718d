import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import fc from 'fast-check';
import { Secret } from '../../src/model/secret.ts';
import { quote, script, sh } from '../../src/transport/command.ts';

describe('sh', () => {
  it('makes one word of every value, whatever it holds', () => {
    const text = fc.string({ unit: 'binary', maxLength: 12 }).filter((s) => !s.includes('\0'));
    const words = [...fc.sample(text, 300), '', "'", "''\\'", '$(id) `id` "', '-n', '*', '\n', '目录'];
    const { text: command } = sh`printf '<%s>' ${words} end`;
    const { stdout } = spawnSync('/bin/sh', { input: command });
    expect(stdout.toString()).to.equal([...words, 'end'].map((word) => `<${word}>`).join(''));
  });

  it('shows *** for secrets, also inside another command and a list', () => {
    const inner = sh`login ${new Secret("pa'ss")}`;
    const outer = sh`${inner} && echo ${['a b', new Secret('two')]} ${3}`;
    expect(outer.text).to.equal(`login 'pa'\\''ss' && echo 'a b' two 3`);
    expect(outer.shown).to.equal("login *** && echo 'a b' *** 3");
    expect(JSON.stringify(outer.shown)).not.to.contain('ss');
  });

  it('refuses NUL, and leaves a script as it is', () => {
    expect(() => quote('a\0b')).to.throw(TypeError);
    expect(quote('')).to.equal("''");
    expect(script('echo $HOME').text).to.equal('echo $HOME');
  });
});
