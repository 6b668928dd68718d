import { expect } from 'chai';
import fc from 'fast-check';
import type { Data } from '../../src/model/data.ts';
import { Unknown, UnknownValueError } from '../../src/model/data.ts';
import { TemplateError } from '../../src/template/errors.ts';
import { conditionOf, lookupOf, test, thrownBy, well } from './fixtures.ts';
import type { Variables } from './fixtures.ts';
import { runs } from '../properties/runs.ts';

const variables: Variables = {
  n: 2,
  pct: 50.5,
  yes: true,
  t: 'abc',
  l: [1, 2, 3],
  r: { rc: 0, stdout: 'ok', 'a-b': 1 },
  nodes: [{ name: 'a' }, { name: 'b' }],
  nothing: null,
  list: [1],
  package: 'deb',
  v: '20.10.24+dfsg1',
};

describe('compileCondition: values', () => {
  const holds = [
    'n + 1 > 2',
    'n * 1.5 == 3.0',
    'pct > 50',
    '1 == 1.0',
    '1.0 == 1',
    'n == 2.0',
    'n != 2.5',
    'n % 2 == 0',
    '5 / 2 == 2',
    'pct + 1 == 51.5',
    '2.0 - n == 0.0',
    'size(l) > 2',
    'l[n] == 3',
    'n in l',
    '!(7 in l)',
    '"rc" in r',
    'r.rc == 0 && r.stdout == "ok"',
    'r["a-b"] == 1',
    'r == {"rc": 0, "stdout": "ok", "a-b": 1}',
    'l == [1, 2, 3.0]',
    'nothing == null',
    't != null',
    'nodes.exists(x, x.name == "b")',
    'nodes.all(x, size(x.name) == n - 1)',
    'nodes.map(x, x.name) == ["a", "b"]',
    'nodes.filter(x, x.name == "a").size() == 1',
    't.contains("b") && t.startsWith("a") && t.endsWith("c")',
    't.split("b").join("-") == "a-c"',
    'glob(t, "a*c") && t.glob("?b?") && !glob(t, "b*")',
    'upper(t) == "ABC" && lower("X") == "x" && trim(" x ") == "x"',
    'int("5") > 3 && double("1.5") < n',
    'string(n) == "2" && string(pct) == "50.5"',
    'versionCompare(v, "1.13") > 0',
    'has(vars.n) && has(vars.r.rc) && !has(vars.q) && !has(vars.q.w.e)',
    'has(r.rc) && !has(r.q)',
    'vars.list[0] == 1 && vars.package == "deb"',
    'default(q, 1) == 1 && default(r.q, "x") == "x" && default(nothing, 3) == 3 && default(n, 9) == 2',
    'yes ? true : missing',
    'false && missing || true',
  ];
  for (const text of holds) it(text, () => expect(test(text, variables)).to.equal(true));

  it('gives the value itself, integers as numbers', () => {
    const value = (text: string): Data => well(conditionOf(text)).value(lookupOf(variables));
    expect(value('n + 1')).to.equal(3);
    expect(value('[n, pct, {"a": n}]')).to.deep.equal([2, 50.5, { a: 2 }]);
    expect(value('r')).to.equal(variables['r']);
    expect(value('nodes[0]')).to.deep.equal({ name: 'a' });
    expect(value('vars.t')).to.equal('abc');
  });

  it('asks the lookup only for names that are read', () => {
    const asked: string[] = [];
    well(conditionOf('yes || t == "x"')).test(lookupOf(variables, asked));
    expect(asked).to.deep.equal(['yes']);
  });

  it('does not convert what is not read', () => {
    const big = {
      rc: 0,
      get items(): never[] {
        throw new Error('was read');
      },
    };
    expect(test('r.rc == 0', { r: big })).to.equal(true);
  });

  it('collects references, optional where absence is asked about', () => {
    const text =
      'r.rc == 0 && has(vars.x.y) && x.y > 1 && l.all(i, i > n) && default(q, 1) == 1 && m["a"] && type(n) == int';
    const { references } = well(conditionOf(text));
    expect(references.map((ref) => ref.path.join('.') + (ref.optional ? '?' : ''))).to.deep.equal([
      'r.rc',
      'x.y?',
      'x.y?',
      'l',
      'n',
      'q?',
      'm.a',
      'n',
    ]);
    expect(references[1]?.at).to.deep.equal({ file: 'play.yml', line: 3, column: 24, length: 8 });
  });
});

describe('compileCondition: mistakes found when compiling', () => {
  const cases: readonly (readonly [string, RegExp, number])[] = [
    ['a and b', /"and" is Ansible's way to write it. In CEL: a && b$/, 9],
    ['a or not b', /In CEL: a \|\| !b$/, 9],
    ['x is defined and y is not defined', /In CEL: has\(vars\.x\) && !has\(vars\.y\)$/, 9],
    ['r.x is undefined', /In CEL: !has\(vars\.r\.x\)$/, 11],
    ['r is failed or r is not changed', /In CEL: r\.failed \|\| !r\.changed$/, 9],
    ['not x == 1', /Conditions are CEL/, 7],
    ['x not in y', /In CEL: !\(x in y\)$/, 9],
    ['x | length > 0', /In CEL: size\(x\) > 0$/, 9],
    ['x | default(1) == 1', /Conditions are CEL/, 9],
    ['x is match("a")', /Conditions are CEL/, 9],
    ['x == True', /In CEL: x == true$/, 12],
    ['x == None', /In CEL: x == null$/, 12],
    ['{{ x }} == 1', /Conditions are not templates: write the name alone/, 7],
    ['"{{ x }}" == "a"', /Conditions are not templates/, 8],
    ['x = 1', /Equality is written ==/, 9],
    ['sise(x) > 1', /no function "sise". Did you mean "size"/, 7],
    ['x.contians("a")', /Did you mean "contains"/, 7],
    ['t.matches("a.*")', /glob\(text/, 7],
    ['matches(t, "a.*")', /glob\(text/, 7],
    ['package == 1', /vars\.package/, 7],
    ['size(list) > 1', /a variable of that name is vars\.list/, 7],
    ['has(x)', /has\(vars\.name\)/, 11],
    ['has(0.x)', /has/, 11],
    ['"a" in "abc"', /text\.contains\(part\)/, 7],
    ['1 + "a" == 2', /Convert one side/, 7],
    ['x ==', /ends too early/, 11],
    ['"abc', /Unterminated/, 7],
  ];
  for (const [text, message, column] of cases) {
    it(text, () => {
      const { problems, value } = conditionOf(text);
      expect(problems).to.have.length(1);
      expect(problems[0]?.code).to.equal('bad-condition');
      expect(problems[0]?.detail).to.match(message);
      expect(problems[0]?.at).to.include({ line: 3, column });
      expect(thrownBy(() => value.test(lookupOf({})))).to.be.instanceOf(TemplateError);
    });
  }

  it('does not mistake members and texts for Ansible words', () => {
    expect(
      test('r.and == 1 && t == "a or b is defined"', { r: { and: 1 }, t: 'a or b is defined' }),
    ).to.equal(true);
  });
});

describe('compileCondition: mistakes met with the values', () => {
  const cases: readonly (readonly [string, RegExp, number])[] = [
    ['yess', /^"yess" is not defined. Did you mean "yes"\?$/, 7],
    ['n > 1 && mising == 1', /^"mising" is not defined/, 16],
    ['r.stdot == ""', /^"r" has no member "stdot". Did you mean "stdout"\?$/, 9],
    ['vars.pcd > 1', /^"pcd" is not defined. Did you mean "pct"\? has\(vars\.pcd\)/, 12],
    ['t', /gives a text, not true or false/, 7],
    ['"false"', /It is the text "false"; .* -e name:=false/, 7],
    ['size(l)', /gives a number, not true or false/, 7],
    ['t && yes', /take booleans/, 7],
    ['t < 3', /Convert one side/, 7],
    ['l[9] == 1', /There is no item 9/, 7],
    ['n / 0 == 1', /division by zero/, 7],
    ['n in t', /text/, 7],
    ['constructor', /is not defined/, 7],
    ['r.constructor == 1', /no member/, 9],
    ['r["__proto__"] == 1', /no member/, 7],
    ['vars.__proto__ == 1', /is not defined/, 12],
  ];
  for (const [text, message, column] of cases) {
    it(text, () => {
      const error = thrownBy(() => test(text, variables));
      expect(error).to.be.instanceOf(TemplateError);
      expect(error.message).to.match(message);
      expect(error.at).to.include({ line: 3, column });
    });
  }

  it('finds the line in a condition of several lines', () => {
    const text = 'yes\n&& oops';
    const { value } = conditionOf(text);
    expect(thrownBy(() => value.test(lookupOf(variables))).at).to.include({ line: 5, column: 4 });
  });

  it('never evaluates a value', () => {
    expect(test('t == x', { t: '1 == 1', x: '1 == 1' })).to.equal(true);
    expect(thrownBy(() => test('t', { t: 'true' }))).to.be.instanceOf(TemplateError);
  });
});

describe('compileCondition: values that check mode cannot know', () => {
  const u = new Unknown('task "make" would change', { changed: true });

  for (const text of [
    'u.rc == 0',
    'u == null',
    'size(u) > 0',
    'has(u.rc)',
    'l[0] == 1',
    'u.rc == 0 && true',
    'u.rc == 0 || false',
    'u',
  ]) {
    it(`is not known: ${text}`, () => {
      expect(thrownBy(() => test(text, { u, l: [u] }))).to.be.instanceOf(UnknownValueError);
    });
  }

  for (const text of [
    'u.changed',
    'has(u.changed)',
    'false && u.rc == 0 || true',
    'u.rc == 0 || true',
    '!(u.rc == 0 && false)',
    'has(vars.u)',
  ]) {
    it(`is known all the same: ${text}`, () => expect(test(text, { u, l: [u] })).to.equal(true));
  }
});

describe('compileCondition: any text', () => {
  it('throws nothing but its two errors', () => {
    const piece = fc.constantFrom(
      'n',
      't',
      'l',
      'r.rc',
      ' == ',
      ' && ',
      ' || ',
      '!',
      '(',
      ')',
      '[',
      ']',
      '0',
      '1.5',
      '"a"',
      ' in ',
      '.size()',
      'size',
      'has',
      'vars.',
      ' ? ',
      ' : ',
      '.all(x, ',
      ',',
      '{',
      '}',
      ' and ',
      ' is ',
      'not ',
      '|',
      'True',
      '-',
      '\n',
      'list',
      'u',
      'cel.bind(',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        const { value } = conditionOf(pieces.join(''));
        try {
          value.test(lookupOf({ ...variables, u: new Unknown('x') }));
        } catch (error) {
          if (!(error instanceof TemplateError || error instanceof UnknownValueError)) throw error;
        }
      }),
      runs(125),
    );
  });
});
