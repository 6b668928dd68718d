import { expect } from 'chai';
import { readExtraVars } from '../../src/cli/extra-vars.ts';
import { plainData } from '../../src/cli/node-variables.ts';
import { createSources } from '../../src/load/sources.ts';
import { splitWords } from '../../src/cli/words.ts';
import { projectFolder } from './terminal.ts';

function read(...texts: string[]) {
  const { value, problems } = readExtraVars(texts, createSources(), '/');
  const vars = Object.fromEntries([...value.vars].map(([name, v]) => [name, plainData(v.value)]));
  return { vars, problems, layer: value };
}

describe('cli: -e', () => {
  it('takes several name=text in one, as text, with quotes as in a shell', () => {
    expect(read(`a=1 b='two words' c="x \\"y\\"" d=p=q e=`).vars).to.deep.equal({
      a: '1',
      b: 'two words',
      c: 'x "y"',
      d: 'p=q',
      e: '',
    });
  });

  it('takes name:=JSON with its type, spaces and all', () => {
    expect(read('ports:=[1, 2]', 'on:=true', 'n:=3', 't:="a b"').vars).to.deep.equal({
      ports: [1, 2],
      on: true,
      n: 3,
      t: 'a b',
    });
  });

  it('takes a JSON object, and a later -e wins', () => {
    expect(read('{"a": {"b": [1]}, "c": 1}', 'c=2').vars).to.deep.equal({ a: { b: [1] }, c: '2' });
  });

  it('takes a file', () => {
    const dir = projectFolder({ 'v.yml': 'a: 1\nb: [x]\n' });
    const { value } = readExtraVars(['@v.yml'], createSources({ cwd: dir }), dir);
    expect([...value.vars.keys()]).to.deep.equal(['a', 'b']);
    expect(value.vars.get('b')?.at).to.include({ file: 'v.yml', line: 2 });
  });

  it('keeps the place of each value', () => {
    const { layer } = read('x=1', 'a=1 bb=2');
    expect(layer.vars.get('bb')?.at).to.deep.equal({ file: '-e[2]', line: 1, column: 5, length: 4 });
  });

  for (const [text, code] of [
    ['novalue', 'bad-value'],
    ['a=1 =2', 'bad-value'],
    [`a='open`, 'bad-value'],
    ['a:=yes', 'bad-value'],
    ['{"a": 1', 'yaml-syntax'],
    ['1a=x', 'bad-value'],
    ['region=x', 'bad-value'],
    ['', 'bad-value'],
    ['@/no/such/file', 'file-unreadable'],
  ] as const) {
    it(`says what is wrong with ${JSON.stringify(text)}`, () => {
      const { problems } = read(text);
      expect(problems.map((p) => p.code)).to.deep.equal([code]);
    });
  }

  it('splits words where a shell does', () => {
    expect(splitWords(`  a\\ b  'c'"d" e`)).to.deep.equal([
      { text: 'a b', start: 2, length: 4 },
      { text: 'cd', start: 8, length: 6 },
      { text: 'e', start: 15, length: 1 },
    ]);
  });
});
