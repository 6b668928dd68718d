import { expect } from 'chai';
import stringWidth from 'string-width';
import { problem } from '../../src/diagnostics/diagnostic.ts';
import { drawAll, drawDiagnostic } from '../../src/diagnostics/draw.ts';

const FILE = 'playbooks/install.yml';

function at(line: number, column: number, length = 1, file = FILE) {
  return { file, line, column, length };
}

function draw(
  text: string,
  place: ReturnType<typeof at>,
  style?: { color: boolean; width?: number },
): string {
  const found = problem('bad-value', place, 'bad value', 'It is bad.');
  return drawDiagnostic(found, new Map([[place.file, text]]), style);
}

/** The drawn source line and the part of it that stands above the carets. */
function marked(drawn: string): { readonly line: string; readonly above: string } {
  const rows = drawn.split('\n');
  const caretRow = rows.findIndex((row) => /│ +\^+$/.test(row) || /│ \^+$/.test(row));
  const line = (rows[caretRow - 1] ?? '').replace(/^.*?│ ?/, '');
  const carets = (rows[caretRow] ?? '').replace(/^.*?│ /, '');
  const start = carets.indexOf('^');
  let width = 0;
  let above = '';
  for (const character of line) {
    if (width >= start && width < carets.length) above += character;
    width += stringWidth(character);
  }
  return { line, above };
}

describe('drawDiagnostic', () => {
  it('draws as the architecture shows it', () => {
    const text = `${'\n'.repeat(12)}  - name: Data directory\n    direktory:\n`;
    const found = problem(
      'unknown-module',
      at(14, 5, 9),
      'unknown module',
      'No module is called "direktory". Did you mean "directory"?',
    );
    expect(drawDiagnostic(found, new Map([[FILE, text]]))).to.equal(
      [
        'Error: unknown module',
        '  playbooks/install.yml:14:5',
        '  13 │   - name: Data directory',
        '  14 │     direktory:',
        '     │     ^^^^^^^^^',
        '  No module is called "direktory". Did you mean "directory"?',
      ].join('\n'),
    );
  });

  it('leaves out what is not there: a line before, the text, the place', () => {
    expect(draw('a: 1', at(1, 4))).to.equal(
      'Error: bad value\n  playbooks/install.yml:1:4\n  1 │ a: 1\n    │    ^\n  It is bad.',
    );
    expect(drawDiagnostic(problem('bad-value', at(3, 1), 'x', 'Why.'), new Map())).to.equal(
      'Error: x\n  playbooks/install.yml:3:1\n  Why.',
    );
    expect(drawDiagnostic(problem('bad-value', undefined, 'x', 'Why.\nMore.'), new Map())).to.equal(
      'Error: x\n  Why.\n  More.',
    );
    expect(draw('a: 1', at(7, 4))).to.not.contain('│');
  });

  it('calls a warning a warning', () => {
    const warning = { ...problem('bad-value', undefined, 'x', 'y'), severity: 'warning' as const };
    expect(drawDiagnostic(warning, new Map())).to.match(/^Warning: x/);
  });

  it('aligns numbers when the line before has fewer digits', () => {
    const drawn = draw(`${'\n'.repeat(8)}nine: 9\nten: 10\n`, at(10, 6, 2));
    expect(drawn).to.contain('   9 │ nine: 9\n  10 │ ten: 10\n     │      ^^');
  });

  it('marks the right place behind tabs, wide characters and emoji', () => {
    expect(marked(draw('\t\tkey: value', at(1, 8, 5))).above).to.equal('value');
    expect(marked(draw('名称: 数据目录 错误', at(1, 10, 2))).above).to.equal('错误');
    expect(marked(draw('a: "👍 ok" bad', at(1, 12, 3))).above).to.equal('bad');
  });

  it('cuts long lines around the place', () => {
    const long = `key: ${'x'.repeat(300)}HERE${'y'.repeat(300)}`;
    const drawn = draw(long, at(1, 306, 4));
    const { line, above } = marked(drawn);
    expect(above).to.equal('HERE');
    expect(line).to.match(/^…x+HEREy+…$/);
    for (const row of drawn.split('\n')) expect(stringWidth(row)).to.be.at.most(110);
    expect(marked(draw(`错`.repeat(300), at(1, 150, 1))).above).to.equal('错');
    expect(marked(draw(`bad ${'x'.repeat(500)}`, at(1, 1, 3))).line).to.match(/^bad x+…$/);
    expect(stringWidth(marked(draw('x'.repeat(500), at(1, 1, 500))).line)).to.be.at.most(100);
  });

  it('stays quick on a line of a megabyte', () => {
    const started = Date.now();
    draw(`${'x'.repeat(500_000)}错${'y'.repeat(500_000)}`, at(1, 500_001, 1));
    expect(Date.now() - started).to.be.lessThan(1500);
  });

  it('passes no control characters on to the terminal', () => {
    const drawn = draw('a: \u001b[31mred\u0007 \u202Ex', at(1, 4, 3));
    expect(drawn).to.not.match(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  it('colours only when asked to', () => {
    expect(draw('a: 1', at(1, 4), { color: true })).to.contain('\u001b[');
    expect(draw('a: 1', at(1, 4), { color: false })).to.not.contain('\u001b[');
  });

  it('marks something even where the line has ended', () => {
    expect(draw('abc\r\n', at(1, 4))).to.contain('  1 │ abc\n    │    ^');
  });
});

describe('drawDiagnostic hides the values of secrets', () => {
  const SECRETS = [
    'oms_meta_password: Se|cret, with: all {of} it # why',
    'oms_meta_password: "Se|cret, with all"',
    "  - tsdb_password: 'Se|cret, with'",
    '{ user: x, tsdb_password: Se|cret with, port: 1 }',
    '{"tsdb_password": "Se|cret, with"}',
    'apsara_audit_sls_access_secret: Se|cret with',
    'shell: login password=Se|cret-with',
    'ansible_become_password:   Se|cret with',
  ];
  for (const line of SECRETS) {
    it(line.replace(/Se.*/, '…'), () => {
      const place = line.indexOf('|') + 1;
      const drawn = draw(`before: 1\n${line}`, at(2, place));
      expect(drawn).to.not.match(/Se\||\|cret|with/);
      expect(marked(drawn).above).to.equal('***');
      const context = draw(`${line}\nnext: 1`, at(2, 1, 4));
      expect(context)
        .to.contain('***')
        .and.not.match(/Se\||\|cret|with/);
    });
  }

  it('in the lines below the key too', () => {
    const text = 'password: |\n  first line\n  second line\nother: "x\n  y"\nsecret:\n  quiet\n';
    expect(draw(text, at(3, 5, 3))).to.not.match(/first|second/);
    expect(draw(text, at(7, 3, 3))).to.not.contain('quiet');
    expect(draw(text, at(5, 3, 1))).to.contain('y"');
  });

  it('but not templates, empty values and other keys', () => {
    expect(draw('password: "{{ vaulted }}"', at(1, 11))).to.contain('{{ vaulted }}');
    expect(draw('password: ~', at(1, 11))).to.contain('~');
    expect(draw('passwords_file: x.yml', at(1, 1))).to.contain('x.yml');
  });

  it('and still marks what stands beside them', () => {
    const drawn = draw('{ tsdb_password: abcdefghij, port: x }', at(1, 36));
    expect(marked(drawn)).to.deep.equal({ line: '{ tsdb_password: ***, port: x }', above: 'x' });
    expect(marked(draw('tsdb_password: abcdefghij', at(1, 1, 13))).above).to.equal('tsdb_password');
  });
});

describe('drawAll', () => {
  const some = (file: string, line: number, summary: string) =>
    problem('bad-value', at(line, 1, 1, file), summary, 'd');

  it('sorts by file and line, problems without a place first, and counts', () => {
    const problems = [
      some('b.yml', 2, 'four'),
      some('b.yml', 1, 'three'),
      some('a.yml', 9, 'two'),
      problem('not-found', undefined, 'one', 'd'),
    ];
    const drawn = drawAll(problems, new Map());
    expect(drawn.match(/one|two|three|four/g)).to.deep.equal(['one', 'two', 'three', 'four']);
    expect(drawn.split('\n').at(-1)).to.equal('4 problems in 2 files');
    expect(drawn).to.contain('\n\nError: two');
  });

  it('counts one as one, and nothing as nothing', () => {
    expect(
      drawAll([some('a', 1, 'x')], new Map())
        .split('\n')
        .at(-1),
    ).to.equal('1 problem in 1 file');
    expect(
      drawAll([problem('bad-value', undefined, 'x', 'y')], new Map())
        .split('\n')
        .at(-1),
    ).to.equal('1 problem');
    expect(drawAll([], new Map())).to.equal('');
  });
});
