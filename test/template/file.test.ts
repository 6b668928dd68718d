import { expect } from 'chai';
import Handlebars from 'handlebars';
import { compileText } from '../../src/template/file.ts';
import { lookupOf, thrownBy, well } from './fixtures.ts';

function render(text: string, variables = {}): unknown {
  return well(compileText(text, 'roles/x/templates/a.conf')).render(lookupOf(variables));
}

describe('compileText', () => {
  it('keeps line ends, a missing or present last one, and text without templates', () => {
    expect(render('a\r\n{{x}}\r\n', { x: 1 })).to.equal('a\r\n1\r\n');
    expect(render('{{x}}', { x: 1 })).to.equal('1');
    expect(render('no template\n')).to.equal('no template\n');
  });

  it('takes lines away that hold a block tag only', () => {
    const text = 'a\r\n{{#if x}}\r\nb\r\n{{/if}}\r\n{{#each l}}\r\n- {{this}}\r\n{{/each}}\r\nc\r\n';
    expect(render(text, { x: true, l: [1, 2] })).to.equal('a\r\nb\r\n- 1\r\n- 2\r\nc\r\n');
  });

  it('places errors in the lines of the file', () => {
    const error = thrownBy(() => render('one\ntwo {{mising}}\n', { missing: 1 }));
    expect(error.at).to.deep.equal({ file: 'roles/x/templates/a.conf', line: 2, column: 7, length: 6 });
    const { problems } = compileText('one\ntwo {{x', 'a.conf');
    expect(problems[0]?.at).to.include({ file: 'a.conf', line: 2 });
  });

  it('gives what Handlebars itself gives', () => {
    const variables = {
      a: 'x & y',
      n: 0,
      t: true,
      e: '',
      l: ['p', { q: 'r' }],
      m: { k: 'v', w: { z: 1 } },
      none: [],
    };
    const texts = [
      '{{a}} {{{a}}} {{&a}} {{n}} {{t}}[{{e}}]',
      '{{#if n}}y{{else}}z{{/if}}{{#if e}}y{{else if t}}t{{/if}}{{#unless none}}u{{/unless}}',
      '{{#each l}}{{@index}} {{@first}} {{@last}};{{/each}}',
      '{{#each m}}{{@key}} {{/each}}{{#each none}}x{{else}}leer{{/each}}',
      '{{#with m.w}}{{z}}{{../m.k}}{{../../a}}{{/with}}'.replace('{{../../a}}', ''),
      '{{#each m as |v k|}}{{k}}{{#if v}}+{{/if}}{{/each}}',
      '  {{~a~}}  \n{{! note }}\n  {{!-- }} --}}  x',
      ' {{#if t}}\n  in\n {{/if}}\nafter',
      '\\{{a}} \\\\{{a}} {{l.[0]}} {{lookup m "k"}}',
      '{{#each l}}\n{{#if @last}}{{q}}{{else}}{{.}}{{/if}}\n{{/each}}',
      'a\r\n  {{#if t}}  \r\nb\r\n  {{/if}}\r\nc',
      '{{#if t}}{{#each l}}{{../a}}{{@root.n}}{{/each}}{{/if}}',
    ];
    for (const text of texts) {
      const theirs = Handlebars.compile(text, { noEscape: true, strict: true })(variables);
      expect(render(text, variables), text).to.equal(theirs);
    }
  });
});
