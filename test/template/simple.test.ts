import { expect } from 'chai';
import fc from 'fast-check';
import Handlebars from 'handlebars';
import { parseSimple } from '../../src/template/simple.ts';
import { runs } from '../properties/runs.ts';

/** Of Handlebars' tree what ours has. */
function pruned(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(pruned);
  if (typeof tree !== 'object' || tree === null) return tree;
  const left = ['strip', 'escaped', 'source', 'hash'];
  const isContent = 'type' in tree && tree.type === 'ContentStatement';
  return Object.fromEntries(
    Object.entries(tree)
      .filter(([key, value]) => !left.includes(key) || (key === 'hash' && value !== undefined))
      .filter(([key]) => !(isContent && key === 'original'))
      .map(([key, value]) => [key, pruned(value)]),
  );
}

describe('templates that are simple enough to be read without Handlebars', () => {
  it('are read as Handlebars reads them', () => {
    const pieces = [
      '{{',
      '}}',
      '{',
      '}',
      'name',
      'a_1',
      '.',
      ' ',
      'x',
      '0',
      '{{name}}',
      '{{ a.b }}',
      '{{name}}',
    ];
    const odd = [
      'this',
      'else',
      'true',
      'null',
      'as',
      '\\',
      '\n',
      '\t',
      '~',
      '&',
      '#',
      '/',
      '"',
      '!',
      '[',
      '@',
      'é',
      '\\{{x}}',
    ];
    let simple = 0;
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...pieces) }, fc.constantFrom(...odd)), {
          maxLength: 8,
        }),
        (parts) => {
          const text = parts.join('');
          const ours = parseSimple(text);
          if (ours === undefined) return;
          if (text.includes('{{')) simple += 1;
          const { body } = pruned(Handlebars.parse(text)) as { readonly body: unknown };
          expect(ours.body, text).to.deep.equal(body);
        },
      ),
      runs(250),
    );
    expect(simple).to.be.greaterThan(20);
  });

  it('are the usual ones', () => {
    for (const text of ['{{name}}', '/srv/{{app}}/{{ item.name }}.conf', 'text']) {
      expect(parseSimple(text), text).to.not.equal(undefined);
    }
    for (const text of [
      '{{upper name}}',
      '{{#if a}}b{{/if}}',
      '\\{{a}}',
      '{{{a}}}',
      'a\n{{b}}',
      '{{this}}',
      '{{../a}}',
      '',
    ]) {
      expect(parseSimple(text), text).to.equal(undefined);
    }
  });
});
