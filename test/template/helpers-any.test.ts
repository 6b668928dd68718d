import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { Data } from '../../src/model/data.ts';
import { UnknownValueError } from '../../src/model/data.ts';
import { TemplateError } from '../../src/template/errors.ts';
import { helperNames } from '../../src/template/helpers/table.ts';
import { compileValue } from '../../src/template/value.ts';
import { lookupOf, render, scalar } from './fixtures.ts';
import { anyCharacters } from '../any-text.ts';
import { runs } from '../properties/runs.ts';

describe('helpers: any value', () => {
  const scalars = fc.oneof(
    anyCharacters,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
  );
  const data = fc.letrec<{ value: Data }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      scalars,
      fc.array(tie('value'), { maxLength: 4 }),
      fc
        .dictionary(anyCharacters, tie('value'), { maxKeys: 4 })
        .map((m) => Object.fromEntries(Object.entries(m))),
    ),
  })).value;
  const wellFormed = (text: string): boolean => Buffer.from(text, 'utf8').toString('utf8') === text;
  const nullKeys = (value: unknown): string => JSON.stringify(value);

  it('yaml reads back as the same value, in YAML 1.2 and 1.1', () => {
    fc.assert(
      fc.property(data, (value) => {
        fc.pre(wellFormed(nullKeys(value)));
        const text = `key: ${render('{{yaml x}}\n', { x: value }) as string}`;
        for (const version of ['1.2', '1.1'] as const) {
          const back = parse(text, { version, merge: false }) as { key: Data };
          expect(nullKeys(back.key)).to.equal(nullKeys(value));
        }
      }),
      runs(75),
    );
  });

  it('json reads back as the same value', () => {
    fc.assert(
      fc.property(data, (value) => {
        const text = render('{{json x}}', { x: value }) as string;
        expect(JSON.parse(text)).to.deep.equal(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('sh comes through /bin/sh as the same words', () => {
    const texts = fc.sample(anyCharacters, 300).filter((text) => !text.includes('\0') && wellFormed(text));
    const all = [...texts, `'`, `\\`, '$x `y` "z"', '-n', '*', '~', '\n', 'a\nb\n', '日本', '!1', '#', '=a'];
    const command = `printf '%s\\0' ${render('{{sh x}} ', { x: all }) as string}`;
    const out = execFileSync('/bin/sh', ['-c', command], { maxBuffer: 1e8 }).toString('utf8');
    expect(out.split('\0').slice(0, -1)).to.deep.equal(all);
  });

  it('rendering throws nothing but its two errors', () => {
    const names = fc.constantFrom(...helperNames());
    const arg = fc.constantFrom(
      'x',
      'y',
      'x.a',
      '"a"',
      '3',
      '(array x y)',
      'missing',
      'null',
      '(object a=x)',
    );
    const call = fc
      .tuple(names, fc.array(arg, { maxLength: 4 }))
      .map(([name, args]) => `{{${[name, ...args].join(' ')}}}`);
    fc.assert(
      fc.property(call, data, data, (text, x, y) => {
        const { value } = compileValue(scalar(text));
        try {
          value.render(lookupOf({ x, y }));
        } catch (error) {
          if (!(error instanceof TemplateError || error instanceof UnknownValueError)) throw error;
        }
      }),
      runs(75),
    );
  });

  it('compiling any text at all throws nothing', () => {
    const piece = fc.constantFrom(
      '{{',
      '}}',
      '{{{',
      '#if x',
      '/if',
      'else',
      ' ',
      'x',
      '"',
      '(',
      ')',
      '|',
      '\\',
      '\n',
      '\r\n',
      '@index',
      '../',
      'each l as |a|',
      '~',
      '!',
      '--',
      '.',
      '[',
      ']',
      '>',
      '&',
      '日',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const { value } = compileValue(scalar(pieces.join('')));
        try {
          value.render(lookupOf({ x: 1, l: [1] }));
        } catch (error) {
          if (!(error instanceof TemplateError)) throw error;
        }
      }),
      runs(75),
    );
  });
});
