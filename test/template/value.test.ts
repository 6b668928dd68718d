import { expect } from 'chai';
import { Unknown, UnknownValueError } from '../../src/model/data.ts';
import type { SourceNode } from '../../src/model/source.ts';
import { TemplateError } from '../../src/template/errors.ts';
import { compileValue } from '../../src/template/value.ts';
import { lookupOf, render, scalar, thrownBy, well } from './fixtures.ts';

const at = { file: 'play.yml', line: 1, column: 1, length: 1 };

function map(entries: Readonly<Record<string, SourceNode>>): SourceNode {
  return {
    kind: 'map',
    at,
    entries: Object.entries(entries).map(([key, value]) => ({
      key,
      keyAt: { ...at, length: key.length },
      value,
    })),
  };
}

describe('compileValue: native types', () => {
  it('keeps the type of one lone mustache', () => {
    const variables = { list: [1, 'a'], n: 1.5, yes: true, none: null, m: { a: 1 } };
    expect(render('{{list}}', variables)).to.deep.equal([1, 'a']);
    expect(render('{{n}}', variables)).to.equal(1.5);
    expect(render('{{yes}}', variables)).to.equal(true);
    expect(render('{{none}}', variables)).to.equal(null);
    expect(render('{{m.a}}', variables)).to.equal(1);
    expect(render('{{default nothing (array)}}')).to.deep.equal([]);
    expect(render('{{! a note }}{{n}}', variables)).to.equal(1.5);
  });

  it('gives text as soon as anything stands beside it', () => {
    expect(render(' {{n}}', { n: 5 })).to.equal(' 5');
    expect(render('{{n}}{{n}}', { n: 5 })).to.equal('55');
    expect(render('{{#if n}}{{n}}{{/if}}', { n: 5 })).to.equal('5');
  });

  it('writes values into a text in their natural form, lists and maps as JSON', () => {
    const variables = { t: true, d: 1.5, n: null, l: [1, { a: 'x' }] };
    expect(render('{{t}} {{d}} [{{n}}] {{l}}', variables)).to.equal('true 1.5 [] [1,{"a":"x"}]');
  });

  it('does not escape', () => {
    expect(render('a {{x}}', { x: `<&"'>` })).to.equal(`a <&"'>`);
  });

  it('renders keys and values of whole trees', () => {
    const node: SourceNode = map({
      '{{k}}-x': scalar('{{v}}'),
      plain: { kind: 'list', at, items: [scalar('{{v}}'), scalar(7)] },
    });
    expect(render(node, { k: 'a', v: [1] })).to.deep.equal({ 'a-x': [1], plain: [[1], 7] });
  });

  it('refuses two entries that get the same name', () => {
    const error = thrownBy(() => render(map({ '{{a}}': scalar(1), x: scalar(2) }), { a: 'x' }));
    expect(error).to.be.instanceOf(TemplateError);
    expect(error.message).to.contain('"x"');
  });

  it('keeps an entry called __proto__ as plain data', () => {
    const value = render(map({ ['__proto__']: scalar('{{a}}') }), { a: 'x' }) as object;
    expect(Object.getPrototypeOf(value)).to.equal(Object.prototype);
  });
});

describe('compileValue: constants', () => {
  it('hands out the same frozen data when there is no template', () => {
    const rendering = well(compileValue(map({ a: scalar('x'), b: scalar(0) })));
    expect(rendering.constant).to.equal(true);
    expect(rendering.references).to.deep.equal([]);
    const value = rendering.render(lookupOf({}));
    expect(value).to.deep.equal({ a: 'x', b: 0 });
    expect(rendering.render(lookupOf({}))).to.equal(value);
    expect(Object.isFrozen(value)).to.equal(true);
  });

  it('leaves braces with a backslash, raw blocks and quoted braces as they are', () => {
    expect(render(`docker inspect -f '\\{{.State}}'`)).to.equal(`docker inspect -f '{{.State}}'`);
    expect(render('{{{{raw}}}}{{.Id}}{{{{/raw}}}}')).to.equal('{{.Id}}');
    expect(render('{{"{{"}}x')).to.equal('{{x');
  });
});

describe('compileValue: names and places', () => {
  it('says where an undefined name stands and what was probably meant', () => {
    const error = thrownBy(() => render('port {{oms_prot}}', { oms_port: 1 }));
    expect(error).to.be.instanceOf(TemplateError);
    expect(error.message).to.equal('"oms_prot" is not defined. Did you mean "oms_port"?');
    expect(error.at).to.deep.equal({ file: 'play.yml', line: 3, column: 14, length: 8 });
  });

  it('places a name after the quote, and in the right line of a block scalar', () => {
    const text = '{{x}}';
    const quoted = scalar(text, { quoted: true, at: { ...scalar(text).at, length: text.length + 2 } });
    expect(thrownBy(() => render(quoted)).at).to.include({ line: 3, column: 10 });
    const block = scalar('a\nb {{x}}\n', { quoted: true, textAt: { line: 4, column: 9 } });
    expect(thrownBy(() => render(block)).at).to.include({ line: 5, column: 13 });
  });

  for (const text of [
    '{{eq missing 1}}',
    '{{#each missing}}{{/each}}',
    '{{#if missing}}{{/if}}',
    '{{missing.a}}',
  ]) {
    it(`is strict in ${text}`, () => {
      expect(thrownBy(() => render(text)).message).to.match(/^"missing" is not defined\./);
    });
  }

  it('names the member that is missing', () => {
    const error = thrownBy(() => render('{{r.stdot}}', { r: { stdout: '' } }));
    expect(error.message).to.equal('"r" has no member "stdot". Did you mean "stdout"?');
    expect(thrownBy(() => render('{{t.length}}', { t: 'abc' })).message).to.contain('it is a text');
  });

  it('does not look at branches that are not taken', () => {
    expect(render('{{#if a}}{{missing}}{{else}}no{{/if}}', { a: false })).to.equal('no');
    expect(render('{{ternary a missing "no"}}', { a: false })).to.equal('no');
    expect(render('{{#if (and a missing)}}{{/if}}x', { a: false })).to.equal('x');
  });

  it('asks the lookup only for names that are used', () => {
    const asked: string[] = [];
    well(compileValue(scalar('{{#if a}}{{b}}{{/if}}'))).render(lookupOf({ a: false, b: 1, c: 2 }, asked));
    expect(asked).to.deep.equal(['a']);
  });

  it('collects references with their members, optional where absence is allowed', () => {
    const { references } = well(
      compileValue(scalar('{{a.b}} {{default c.d 1}} {{#if (isDefined e)}}{{e}}{{/if}}')),
    );
    expect(references.map((ref) => [ref.path.join('.'), ref.optional])).to.deep.equal([
      ['a.b', false],
      ['c.d', true],
      ['e', true],
      ['e', true],
    ]);
  });

  it('counts only variables as references, not items of a loop', () => {
    const { references } = well(
      compileValue(
        scalar('{{#each nodes as |n|}}{{n.a}}{{this.b}}{{c}}{{../d}}{{@root.e}}{{@index}}{{/each}}'),
      ),
    );
    expect(references.map((ref) => ref.path.join('.'))).to.deep.equal(['nodes', 'd', 'e']);
  });
});

describe('compileValue: blocks', () => {
  it('scopes each, with, block parameters, @index, @key and ../', () => {
    const variables = { l: [{ a: 1 }, { a: 2 }], m: { x: 'y' }, p: 'P' };
    expect(
      render('{{#each l}}{{@index}}{{a}}{{../p}}{{#unless @last}},{{/unless}}{{/each}}', variables),
    ).to.equal('01P,12P');
    expect(render('{{#each m as |v k|}}{{k}}={{v}}={{@key}}{{/each}}', variables)).to.equal('x=y=x');
    expect(render('{{#with m}}{{x}}{{/with}}', variables)).to.equal('y');
    expect(render('{{#each l}}{{#each ../l}}{{@../index}}{{@index}} {{/each}}{{/each}}', variables)).to.equal(
      '00 01 10 11 ',
    );
    expect(render('{{#each none}}a{{else}}b{{/each}}', { none: [] })).to.equal('b');
  });

  it('tells how to reach a variable from inside a block', () => {
    const error = thrownBy(() => render('{{#each l}}{{p}}{{/each}}', { l: [1], p: 2 }));
    expect(error.message).to.contain('@root.p');
  });

  it('refuses to loop over a text', () => {
    expect(thrownBy(() => render('{{#each t}}{{/each}}', { t: 'abc' })).message).to.contain('got a text');
  });
});

describe('compileValue: mistakes found when compiling', () => {
  const cases: readonly (readonly [string, RegExp, number])[] = [
    ['{{deafult x 1}}', /no helper "deafult". Did you mean "default"/, 9],
    ['{{eq x}}', /takes 2 arguments, got 1. Usage: eq a b/, 7],
    ['{{upper x y=1}}', /takes no "y="/, 17],
    ['{{#eq a b}}{{/eq}}', /\{\{#if \(eq …\)\}\}/, 10],
    ['{{#each}}{{/each}}', /takes one argument/, 7],
    ['{{x | upper}}', /no filters/, 11],
    ['docker -f {{.State}}', /backslash/, 19],
    ['{{#if a}}x', /not closed/, 17],
    ['{{#if a}}x{{/each}}', /"if" is closed by "each"/, 10],
    ['{{> partial}}', /no partials/, 7],
    ['{{this}}', /all variables/, 9],
    ['{{../x}}', /above the variables/, 9],
    ['{{@index}}', /inside \{\{#each\}\}/, 9],
    ['{{log "x"}}', /no helper "log"/, 9],
    ['{{helperMissing 1}}', /no helper/, 9],
    ['{{1 x}}', /no helper "1"/, 9],
    ['{{undefined}}', /no "undefined"/, 9],
  ];
  for (const [text, message, column] of cases) {
    it(text, () => {
      const { problems, value } = compileValue(scalar(text));
      expect(problems).to.have.length(1);
      expect(problems[0]?.code).to.equal('bad-template');
      expect(problems[0]?.detail).to.match(message);
      expect(problems[0]?.at).to.include({ line: 3, column });
      expect(thrownBy(() => value.render(lookupOf({})))).to.be.instanceOf(TemplateError);
    });
  }

  it('finds all mistakes of a tree at once', () => {
    const node: SourceNode = { kind: 'list', at, items: [scalar('{{foo 1}} {{bar 2}}'), scalar('{{')] };
    expect(compileValue(node).problems).to.have.length(3);
  });
});

describe('compileValue: hostile input', () => {
  const reach = [
    '{{constructor}}',
    '{{__proto__}}',
    '{{toString}}',
    '{{m.constructor}}',
    '{{m.__proto__.polluted}}',
    '{{lookup m "constructor"}}',
    '{{lookup l "constructor"}}',
    '{{#with m}}{{constructor}}{{/with}}',
    '{{#each l}}{{constructor}}{{/each}}',
    '{{l.map}}',
    '{{lookup (object) "hasOwnProperty"}}',
  ];
  for (const text of reach) {
    it(`reaches nothing by ${text}`, () => {
      expect(thrownBy(() => render(text, { m: { a: 1 }, l: ['x'] }))).to.be.instanceOf(TemplateError);
    });
  }

  it('never takes a value for a template', () => {
    expect(render('{{a}}', { a: '{{b}}', b: 'secret' })).to.equal('{{b}}');
    expect(render('x {{concat a "}}"}}', { a: '{{b', b: 'secret' })).to.equal('x {{b}}');
  });

  it('limits depth of calls, blocks and values', () => {
    const calls = `{{${'upper ('.repeat(300)}a${')'.repeat(300)}}}`;
    expect(compileValue(scalar(calls)).problems).to.have.length.greaterThan(0);
    const blocks = '{{#if a}}'.repeat(300) + '{{/if}}'.repeat(300);
    expect(compileValue(scalar(blocks)).problems).to.have.length.greaterThan(0);
    let deep: readonly unknown[] = [];
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(thrownBy(() => render('{{x}}', { x: deep as never }))).to.be.instanceOf(TemplateError);
    expect(thrownBy(() => render('a {{x}}', { x: deep as never }))).to.be.instanceOf(TemplateError);
  });
});

describe('compileValue: values that check mode cannot know', () => {
  const variables = {
    r: new Unknown('task "make" would change', { changed: true }),
    l: [{ a: new Unknown('why') }],
  };

  it('reads the members that are certain', () => {
    expect(render('{{r.changed}}', variables)).to.equal(true);
    expect(render('{{isDefined r}}', variables)).to.equal(true);
  });

  for (const text of [
    '{{r}}',
    '{{r.stdout}}',
    'a {{r.stdout}}',
    '{{default r.stdout "x"}}',
    '{{json l}}',
    '{{l}}',
    'a {{l}}',
    '{{#if r}}{{/if}}',
    '{{join (map l "a")}}',
  ]) {
    it(`is not known: ${text}`, () => {
      expect(thrownBy(() => render(text, variables))).to.be.instanceOf(UnknownValueError);
    });
  }

  it('is known where the unknown part is not needed', () => {
    expect(render('{{length l}}', variables)).to.equal(1);
    expect(render('{{or true r.stdout}}', variables)).to.equal(true);
  });
});
