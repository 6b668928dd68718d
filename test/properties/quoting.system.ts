import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import fc from 'fast-check';
import { Secret } from '../../src/model/secret.ts';
import { quote, sh, type ShellCommand } from '../../src/transport/command.ts';
import { installShells, type ShellKind } from '../transport/shells.ts';
import { patience, runs } from './runs.ts';

const any = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replaceAll('\0', ''));
const special = fc.string({
  unit: fc.constantFrom(
    ...`'"\\$\`!*?~-#;&|<>(){}[]=%^ \n\t\r\x01\x7f`,
    '目',
    'é',
    'a',
    '0',
    '\\n',
    '$(',
    '${',
  ),
  maxLength: 12,
});
const word = fc.oneof(
  any,
  special,
  fc.constantFrom('', '-n', '-e', '--', '$@', '$IFS', '%s', '\\c', '~root', 'a=b'),
);
const words = fc.array(word, { minLength: 1, maxLength: 30 });

/** Ways in which a word comes to a program: each has to print it between < and >. */
const ways: Readonly<Record<string, (one: string) => ShellCommand>> = {
  'as an argument': (one) => sh`printf '<%s>' ${one}`,
  'as one of a list': (one) => sh`printf '<%s>' ${[one]}`,
  'as a secret': (one) => sh`printf '<%s>' ${new Secret(one)}`,
  'in an assignment': (one) => sh`x=${one}; printf '<%s>' "$x"`,
  'behind text': (one) => sh`x=${'a'}${one}; printf '<%s>' "\${x#a}"`,
  'in the environment': (one) => sh`X=${one} sh -c 'printf "<%s>" "$X"'`,
  'in a command for another shell': (one) => sh`sh -c ${sh`printf '<%s>' ${one}`.text}`,
  'through two shells': (one) => sh`sh -c ${sh`sh -c ${sh`printf '<%s>' ${one}`.text}`.text}`,
  'by eval': (one) => sh`eval ${sh`printf '<%s>' ${one}`.text}`,
  'in a subshell and a group': (one) => sh`( { printf '<%s>' ${one}; } )`,
  'in a substitution': (one) => sh`printf '<%s>' "$(printf '%s.' ${one} | sed '$s/\\.$//')"`,
};
/** Those that a command substitution takes its line ends from, or that start processes, are tried with few words. */
const CHEAP = ['as an argument', 'as one of a list', 'as a secret', 'in an assignment', 'by eval'];

describe('property: quoting', () => {
  const { kinds, close } = installShells();
  after(close);

  function output(kind: ShellKind, input: string): string {
    const path =
      kind.tools === undefined ? process.env['PATH'] : `${kind.tools}:${process.env['PATH'] ?? ''}`;
    const ran = spawnSync(kind.program, { input, env: { ...process.env, PATH: path, LC_ALL: 'C.UTF-8' } });
    return ran.stdout.toString() + ran.stderr.toString();
  }

  for (const kind of kinds) {
    it(`every value is one word: ${kind.name}`, function () {
      this.timeout(patience(20));
      fc.assert(
        fc.property(words, (list) => {
          const commands = CHEAP.flatMap((way) => list.map((one) => ways[way]?.(one).text ?? ''));
          const expected = CHEAP.flatMap(() => list.map((one) => `<${one}>`)).join('');
          expect(output(kind, commands.join('\n'))).to.equal(expected);
        }),
        runs(6),
      );
    });

    it(`every value is one word, through processes: ${kind.name}`, function () {
      this.timeout(patience(20));
      const dear = Object.entries(ways).filter(([way]) => !CHEAP.includes(way));
      fc.assert(
        fc.property(fc.tuple(word, word), (pair) => {
          for (const [way, command] of dear) {
            const list = way === 'in a substitution' ? pair.map((one) => one.replaceAll('\n', '')) : pair;
            const text = list.map((one) => command(one).text).join('\n');
            expect(output(kind, text), way).to.equal(list.map((one) => `<${one}>`).join(''));
          }
        }),
        runs(2),
      );
    });
  }

  it('all three kinds of shells are here', () => {
    expect(kinds.map(({ name }) => name)).to.deep.equal(['dash as sh', 'bash as sh', 'busybox ash']);
  });

  it('what is shown holds no secret, however it is nested', () => {
    const secret = fc.string({ unit: fc.constantFrom(...'kqxzjw\'"$ '), minLength: 6, maxLength: 10 });
    fc.assert(
      fc.property(secret, any, (hidden, open) => {
        const one = sh`a ${new Secret(hidden)} ${open}`;
        const outer = sh`${one} && b ${[open, new Secret(hidden)]}`;
        expect(outer.shown).to.equal(`a *** ${quote(open)} && b ${quote(open)} ***`);
        expect(outer.text).to.equal(`a ${quote(hidden)} ${quote(open)} && b ${quote(open)} ${quote(hidden)}`);
      }),
      runs(100),
    );
  });
});
