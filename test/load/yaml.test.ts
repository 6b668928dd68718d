import { expect } from 'chai';
import fc from 'fast-check';
import { parse } from 'yaml';
import { parseYaml } from '../../src/load/yaml.ts';
import type { SourceNode } from '../../src/model/source.ts';
import { places } from './project.ts';
import { runs } from '../properties/runs.ts';

function plain(node: SourceNode | undefined): unknown {
  if (node === undefined) return undefined;
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]));
}

function entry(text: string, key: string) {
  const { value } = parseYaml(text, 'f.yml');
  if (value?.kind !== 'map') throw new Error('no map');
  const found = value.entries.find((item) => item.key === key);
  if (found === undefined) throw new Error(`no ${key}`);
  return found;
}

function problemsOf(text: string): readonly string[] {
  return places(parseYaml(text, 'f').problems);
}

function detailOf(text: string): string {
  return parseYaml(text, 'f')
    .problems.map(({ detail }) => detail)
    .join('\n');
}

describe('parseYaml', () => {
  it('keeps the place and the extent of keys and values', () => {
    const text = '# comment\nfirst: 1\nouter:\n  inner: "two words"  # why\n  list: [a, b]\n';
    const outer = entry(text, 'outer');
    expect(outer.keyAt).to.deep.equal({ file: 'f.yml', line: 3, column: 1, length: 5 });
    if (outer.value.kind !== 'map') throw new Error('no map');
    const [inner, list] = outer.value.entries;
    expect(inner?.value.at).to.deep.equal({ file: 'f.yml', line: 4, column: 10, length: 11 });
    expect(list?.value.at).to.deep.equal({ file: 'f.yml', line: 5, column: 9, length: 6 });
  });

  it('counts columns the same with CRLF, and underlines no line end', () => {
    const { value } = parseYaml('a: 1\r\nb: |\r\n  x\r\n  y\r\n', 'f');
    expect(plain(value)).to.deep.equal({ a: 1, b: 'x\ny\n' });
    expect(entry('a: 1\r\nb: text\r\n', 'b').value.at).to.include({ line: 2, column: 4, length: 4 });
  });

  it('says where the text of a quoted or block scalar begins', () => {
    expect(entry('a: "x"', 'a').value).to.deep.include({ quoted: true, textAt: { line: 1, column: 5 } });
    expect(entry('a: |\n   x\n', 'a').value).to.deep.include({
      quoted: true,
      textAt: { line: 2, column: 4 },
    });
    expect(entry('a: x', 'a').value).to.not.have.property('textAt');
  });

  it('reads YAML 1.2: yes is text, 0755 a number, whatever a directive says', () => {
    const text = '%YAML 1.1\n---\na: yes\nb: 0755\nc: 0o755\nd: on\ne: ~\nf: true\ng: 1_000\nh: 12:30:45\n';
    expect(plain(parseYaml(text, 'f').value)).to.deep.equal({
      ...{ a: 'yes', b: 755, c: 493, d: 'on', e: null, f: true, g: '1_000', h: '12:30:45' },
    });
  });

  it('takes keys of other types by their text', () => {
    const text = '1: a\ntrue: b\n0x10: c\n1.50: d\nnull: e\n';
    expect(plain(parseYaml(text, 'f').value)).to.deep.equal({
      1: 'a',
      true: 'b',
      '0x10': 'c',
      '1.50': 'd',
      null: 'e',
    });
  });

  it('gives undefined without a problem for nothing', () => {
    for (const text of ['', '\n\n', '# only a comment\n', '---\n', '---\n...\n']) {
      expect(parseYaml(text, 'f'), JSON.stringify(text)).to.deep.equal({ value: undefined, problems: [] });
    }
  });

  it('points an empty value at its key', () => {
    expect(entry('a: 1\nempty:\n', 'empty').value.at).to.include({ line: 2, column: 1, length: 5 });
  });

  it('unfolds anchors, aliases and merge keys as Ansible users expect', () => {
    const text =
      'base: &base { a: 1, b: 2 }\nmore: &more { b: 3, c: 4 }\none:\n  <<: *base\n  b: own\ntwo:\n  <<: [*base, *more]\nlist: [*base]\nname: &n x\nagain: *n\nempty: &e\nalso: *e\n';
    const { value, problems } = parseYaml(text, 'f');
    expect(problems).to.deep.equal([]);
    expect(plain(value)).to.deep.include({
      one: { a: 1, b: 'own' },
      two: { a: 1, b: 2, c: 4 },
      list: [{ a: 1, b: 2 }],
      again: 'x',
      also: null,
    });
  });

  it('keeps a quoted "<<" as a plain key and refuses to merge what is no map', () => {
    expect(plain(parseYaml('"<<": 1', 'f').value)).to.deep.equal({ '<<': 1 });
    expect(problemsOf('a: &a x\nb:\n  <<: *a\n')).to.deep.equal(['f:1:7 wrong-type']);
  });

  it('reports all duplicate keys, with the line of the first', () => {
    expect(problemsOf('a: 1\nb: 2\na: 3\nc: {x: 1, "x": 2}\n1: x\n"1": y\n')).to.deep.equal([
      'f:3:1 duplicate',
      'f:4:11 duplicate',
      'f:6:1 duplicate',
    ]);
    expect(detailOf('a: 1\nb: 2\na: 3\n')).to.contain('at line 1');
  });

  it('reports aliases that lead nowhere or in a circle', () => {
    expect(problemsOf('a: *x\nb: &y [1, *y]\n')).to.deep.equal(['f:1:4 unknown-name', 'f:2:11 unknown-name']);
    expect(detailOf('b: &y [1, *y]')).to.contain('inside the value');
  });

  it('knows the tag of vaults, and no other tags', () => {
    const text =
      'a: !vault |\n  $ANSIBLE_VAULT\nb: !unsafe x\nc: !!str 1\nd: !!binary aGk=\ne: !!bool "true"\n';
    expect(problemsOf(text)).to.deep.equal(['f:1:11 file-unreadable', 'f:3:4 bad-value', 'f:5:4 bad-value']);
    expect(detailOf(text)).to.contain('encrypted').and.contain('!unsafe');
    const { value } = parseYaml('c: !!str 1\ne: !!bool "true"', 'f');
    expect(plain(value)).to.deep.equal({ c: '1', e: true });
  });

  it('refuses numbers that would come out changed', () => {
    expect(problemsOf('a: 12345678901234567890\nb: .nan\nc: .inf\nd: 1e3\n')).to.have.lengthOf(3);
  });

  it('refuses list and map keys, and a second document', () => {
    expect(problemsOf('? [a]\n: 1\n')).to.deep.equal(['f:1:3 yaml-syntax']);
    expect(problemsOf('a: 1\n---\nb: 1\n')).to.deep.equal(['f:2:1 yaml-syntax']);
    expect(detailOf('a: 1\n---\nb: 1\n')).to.contain('second document');
  });
});

describe('parseYaml explains', () => {
  const cases: readonly (readonly [string, string, string, RegExp])[] = [
    ['a tab', '- name: x\n\tfoo: 1\n', 'f:2:2 yaml-syntax', /tab/],
    ['a tab below a map', 'a:\n\tb: 1\n', 'f:2:1 yaml-syntax', /tab/],
    ['an unquoted template', 'key: {{ var }}\n', 'f:1:6 yaml-syntax', /must be quoted/],
    ['an unquoted template in a list', '- {{ var }}\n', 'f:1:3 yaml-syntax', /must be quoted/],
    ['text behind an unquoted template', 'key: {{ var }}/x\n', 'f:1:15 yaml-syntax', /must be quoted/],
    ['a template as a key', '{{ x }}: 1\n', 'f:1:1 yaml-syntax', /must be quoted/],
    ['a second colon', 'a: b: c\n', 'f:1:4 yaml-syntax', /second ": "/],
    ['bad indentation', 'a:\n  - x\n b: 1\n', 'f:3:1 yaml-syntax', /indentation/],
    ['an open quote', 'a: "x\n', 'f:1:4 yaml-syntax', /not closed/],
    ['an open bracket', 'a: [1,2\nb: 3\n', 'f:1:4 yaml-syntax', /not closed/],
    ['a forbidden first character', 'a: @x\n', 'f:1:4 yaml-syntax', /cannot begin with @/],
    ['a bad escape', 'a: "\\d"\n', 'f:1:5 yaml-syntax', /\\d means nothing/],
    ['a missing space', 'a:b\nc: 1\n', 'f:1:1 yaml-syntax', /space after ":"/],
    ['text behind a quote', 'a: "x" y\n', 'f:1:8 yaml-syntax', /complete already/],
  ];
  for (const [name, text, place, detail] of cases) {
    it(name, () => {
      expect(problemsOf(text)).to.deep.equal([place]);
      expect(detailOf(text)).to.match(detail);
    });
  }

  it('several small mistakes at once', () => {
    expect(problemsOf('a: @x\nb: 1\nb: "\\d"\nc: `y`\n')).to.deep.equal([
      'f:1:4 yaml-syntax',
      'f:3:1 duplicate',
      'f:3:5 yaml-syntax',
      'f:4:4 yaml-syntax',
    ]);
  });
});

describe('parseYaml withstands', () => {
  const deep: Readonly<Record<string, string>> = {
    brackets: '['.repeat(100_000),
    braces: '{a: '.repeat(100_000),
    dashes: '- '.repeat(100_000),
    questions: '? '.repeat(100_000),
    indentation: Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
    closed: `a: ${'['.repeat(3000)}${']'.repeat(3000)}`,
  };
  for (const [name, text] of Object.entries(deep)) {
    it(`deep nesting: ${name}`, () => {
      const { value, problems } = parseYaml(text, 'f');
      expect(value).to.equal(undefined);
      expect(problems.map(({ summary }) => summary)).to.deep.equal(['YAML is nested too deeply']);
    });
  }

  it('allows all the nesting that people write', () => {
    const { problems } = parseYaml(`a: ${'['.repeat(60)}${']'.repeat(60)}`, 'f');
    expect(problems).to.deep.equal([]);
  });

  it('an alias bomb', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 30; i++)
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    const started = Date.now();
    const { problems } = parseYaml(lines.join('\n'), 'f');
    expect(problems.map(({ summary }) => summary)).to.deep.equal(['aliases unfold to too much']);
    expect(Date.now() - started).to.be.lessThan(1000);
  });

  it('a merge bomb', () => {
    const lines = ['a0: &a0 {k0: 1}'];
    for (let i = 1; i < 40; i++)
      lines.push(`a${i}: &a${i} {<<: [*a${i - 1}, *a${i - 1}], k${i}: *a${i - 1}}`);
    expect(parseYaml(lines.join('\n'), 'f').problems).to.have.lengthOf(1);
  });

  it('names that objects have of themselves', () => {
    const { value, problems } = parseYaml('__proto__: {a: 1}\nconstructor: 2\n', 'f');
    expect(problems).to.deep.equal([]);
    expect(value?.kind === 'map' && value.entries.map(({ key }) => key)).to.deep.equal([
      '__proto__',
      'constructor',
    ]);
  });

  it('a map of 10,000 keys in linear time', () => {
    const text = Array.from({ length: 10_000 }, (_, i) => `key${i}: ${i}`).join('\n');
    const { value } = parseYaml(text, 'f');
    expect(value?.kind === 'map' && value.entries.length).to.equal(10_000);
  });

  it('any text at all, without throwing', () => {
    const piece = fc.constantFrom(
      ...'abc: -\n\t  {}[]"\'|>&*!%@`#?,\r~<0'.split(''),
      '\n  ',
      ': ',
      '- ',
      '<<: *a',
      '&a ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const { value, problems } = parseYaml(pieces.join(''), 'f');
        const lines = pieces.join('').split('\n').length;
        for (const { at } of problems) {
          expect(at?.line).to.be.within(1, lines);
          expect(at?.column).to.be.at.least(1);
          expect(at?.length).to.be.at.least(1);
        }
        expect(value === undefined || typeof value === 'object').to.equal(true);
      }),
      runs(150),
    );
  });

  it('reads what JSON writes as JSON does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (json) => {
        const text = JSON.stringify(json);
        const { value, problems } = parseYaml(text, 'f');
        if (problems.length > 0) return;
        expect(plain(value)).to.deep.equal(parse(text));
      }),
      runs(100),
    );
  });
});
