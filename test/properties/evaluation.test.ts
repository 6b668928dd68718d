import { expect } from 'chai';
import fc from 'fast-check';
import { UnknownValueError, type Data } from '../../src/model/data.ts';
import { TemplateError } from '../../src/template/errors.ts';
import { compileValue } from '../../src/template/value.ts';
import { conditionOf, lookupOf, scalar } from '../template/fixtures.ts';
import { patience, runs } from './runs.ts';

/** Names that lead from plain data to the program in a careless evaluator. */
const NAMES = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', 'toJSON', 'then'],
  ...[
    '__defineGetter__',
    '__lookupGetter__',
    'caller',
    'callee',
    'arguments',
    'length',
    'name',
    'map',
    'call',
  ],
  ...[
    'process',
    'globalThis',
    'global',
    'require',
    'module',
    'Object',
    'Function',
    'Reflect',
    'eval',
    'this',
  ],
  ...[
    'lookup',
    'default',
    'if',
    'each',
    'with',
    'helperMissing',
    'blockHelperMissing',
    'log',
    'json',
    'root',
  ],
  ...['a', 'b', 'vars', 'size', 'has', 'all', '0', '1', 'get', 'reveal'],
];
const name = fc.constantFrom(...NAMES);
const leaf = fc.oneof(
  fc.constantFrom('constructor', '{{a}}', '__proto__', '', 'x'),
  fc.integer({ min: -3, max: 3 }),
  fc.boolean(),
  fc.constant(null),
);
/** As YAML and JSON give it: each name is an own one, `__proto__` too. */
const data: fc.Arbitrary<Data> = fc.letrec<{ any: Data; map: Data; list: Data }>((tie) => ({
  any: fc.oneof({ depthSize: 'small' }, leaf, tie('map'), tie('list')),
  list: fc.array(tie('any'), { maxLength: 3 }),
  map: fc
    .uniqueArray(fc.tuple(name, tie('any')), { maxLength: 4, selector: ([key]) => key })
    .map((entries) => Object.fromEntries(entries)),
})).any;
const variables = fc
  .uniqueArray(fc.tuple(name, data), { minLength: 1, maxLength: 5, selector: ([key]) => key })
  .map((entries) => Object.fromEntries(entries));
const chain = fc.array(name, { minLength: 1, maxLength: 4 });

/** Variables and a path, the most of whose steps are there. */
const walk = fc
  .tuple(variables, fc.array(fc.tuple(fc.nat(), name), { minLength: 1, maxLength: 4 }))
  .map(([values, steps]) => {
    let at: unknown = values;
    const names = steps.map(([step, other]) => {
      const keys = typeof at === 'object' && at !== null ? Object.keys(at) : [];
      const key = step % 4 === 0 ? other : (keys[step % keys.length] ?? other);
      at = own(at, [key]);
      return key;
    });
    return [values, names] as const;
  });

/** What is reached by own members alone. */
function own(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    if (Array.isArray(at) && key !== 'length' && !/^\d+$/.test(key)) return undefined;
    if (!Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

/** Plain data through and through. */
function expectPlain(value: unknown): void {
  expect(['string', 'number', 'boolean', 'object', 'bigint']).to.include(typeof value);
  if (typeof value !== 'object' || value === null) return;
  const prototype: unknown = Object.getPrototypeOf(value);
  expect([Object.prototype, Array.prototype, null].some((one) => one === prototype)).to.equal(true);
  for (const key of Reflect.ownKeys(value)) {
    const member = Object.getOwnPropertyDescriptor(value, key);
    expect(member, String(key)).to.have.property('value');
    if (!(Array.isArray(value) && key === 'length')) expectPlain(member?.value);
  }
}

const BUILT_IN = [
  Object.prototype,
  Array.prototype,
  Function.prototype,
  String.prototype,
  Number.prototype,
  globalThis,
];
const surface = (): string => BUILT_IN.map((one) => Reflect.ownKeys(one).map(String).join()).join('|');

/** The value, or undefined where it ends in one of the errors that are meant for users. */
function valueOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (error instanceof TemplateError || error instanceof UnknownValueError) return undefined;
    throw error;
  }
}

function rendered(text: string, values: Record<string, Data>): unknown {
  const { value, problems } = compileValue(scalar(text));
  return problems.length > 0 ? undefined : valueOf(() => value.render(lookupOf(values)));
}

function evaluated(text: string, values: Record<string, Data>): unknown {
  const { value, problems } = conditionOf(text);
  return problems.length > 0 ? undefined : valueOf(() => value.value(lookupOf(values)));
}

/** Every name of a path in the ways that Handlebars has for it. */
const path = chain.chain((names) =>
  fc.constantFrom(
    names.join('.'),
    names.map((one) => `[${one}]`).join('.'),
    names.join('/'),
    `@root.${names.join('.')}`,
    `this.${names.join('.')}`,
  ),
);
const argument = fc.oneof(
  path,
  fc.constantFrom('"constructor"', '"__proto__"', '1', '(lookup a "constructor")'),
);
const template = fc.oneof(
  path.map((one) => `{{${one}}}`),
  path.map((one) => `{{{${one}}}}`),
  fc
    .tuple(name, fc.array(argument, { maxLength: 3 }))
    .map(([helper, args]) => `{{${[helper, ...args].join(' ')}}}`),
  fc
    .tuple(
      fc.constantFrom('lookup', 'default', 'json', 'get', 'join', 'first', 'length', 'keys', 'map', 'merge'),
      argument,
      argument,
    )
    .map((parts) => `{{${parts.join(' ')}}}`),
  fc
    .tuple(fc.constantFrom('each', 'with', 'if', 'unless', ...NAMES), argument, path)
    .map(([block, arg, inner]) => `{{#${block} ${arg}}}{{${inner}}}{{@key}}{{/${block}}}`),
  fc.tuple(path, path).map(([one, key]) => `{{lookup ${one} ${key}}}`),
  path.map((one) => `{{> ${one}}}`),
  path.map((one) => `{{#> ${one}}}x{{/${one}}}`),
);

describe('property: evaluation stays in the data', () => {
  it('a path of a template gives the own member or an error, never what is inherited', function () {
    this.timeout(patience(5));
    const before = surface();
    let reached = 0;
    fc.assert(
      fc.property(walk, ([values, names]) => {
        const value = rendered(`{{[${names.join('].[')}]}}`, values);
        if (value === undefined) return;
        reached += 1;
        expect(value).to.deep.equal(own(values, names));
        expectPlain(value);
      }),
      runs(400),
    );
    expect(surface()).to.equal(before);
    expect(reached).to.be.above(0);
  });

  it('any template gives plain data or an error', function () {
    this.timeout(patience(5));
    const before = surface();
    fc.assert(
      fc.property(variables, fc.array(template, { minLength: 1, maxLength: 2 }), (values, parts) => {
        const frozen = JSON.stringify(values);
        const value = rendered(parts.join(''), values);
        if (value !== undefined) expectPlain(value);
        if (typeof value === 'string') expect(value).not.to.match(/\[native code\]|function |=>|\[object /);
        expect(JSON.stringify(values)).to.equal(frozen);
      }),
      runs(600),
    );
    expect(surface()).to.equal(before);
  });

  const member = name.chain((one) =>
    fc.constantFrom(`.${one}`, `["${one}"]`, `.${one}()`, '[0]', `.${one}(a)`),
  );
  const start = name.chain((one) =>
    fc.constantFrom(one, `vars.${one}`, `vars["${one}"]`, '"x"', '[1]', '{"a": 1}', 'vars'),
  );
  const expression = fc.oneof(
    fc.tuple(start, fc.array(member, { maxLength: 4 })).map(([first, rest]) => [first, ...rest].join('')),
    fc.tuple(start, member).map(([first, rest]) => `has(${first}${rest})`),
    fc.tuple(start, name, member).map(([first, item, rest]) => `${first}.map(${item}, ${item}${rest})`),
    fc.tuple(start, member, start).map(([a, rest, b]) => `${a}${rest} == ${b}`),
    fc.tuple(name, start).map(([call, arg]) => `${call}(${arg})`),
    fc.tuple(name, name).map(([a, b]) => `${a}{${b}: 1}`),
  );

  it('a path of a condition gives the own member or an error, never what is inherited', function () {
    this.timeout(patience(5));
    const before = surface();
    let reached = 0;
    fc.assert(
      fc.property(walk, ([values, names]) => {
        const value = evaluated(`vars${names.map((one) => `["${one}"]`).join('')}`, values);
        if (value === undefined) return;
        reached += 1;
        expect(value).to.deep.equal(own(values, names));
        expectPlain(value);
      }),
      runs(200),
    );
    expect(surface()).to.equal(before);
    expect(reached).to.be.above(0);
  });

  it('any condition gives plain data or an error', function () {
    this.timeout(patience(5));
    const before = surface();
    fc.assert(
      fc.property(variables, expression, (values, text) => {
        const frozen = JSON.stringify(values);
        const value = evaluated(text, values);
        if (value !== undefined) expectPlain(value);
        expect(JSON.stringify(values)).to.equal(frozen);
      }),
      runs(400),
    );
    expect(surface()).to.equal(before);
  });

  it('values are never compiled again', () => {
    fc.assert(
      fc.property(fc.constantFrom('{{b}}', '{{lookup a "x"}}', 'a == b', '{{#each a}}{{/each}}'), (text) => {
        const values = { a: text, b: 'secret' };
        expect(rendered('{{a}}', values)).to.equal(text);
        expect(rendered('<{{a}}>', values)).to.equal(`<${text}>`);
        expect(evaluated('a', values)).to.equal(text);
        expect(evaluated('a + ""', values)).to.equal(text);
      }),
      runs(20),
    );
  });
});
