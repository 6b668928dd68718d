import { expect } from 'chai';
import fc from 'fast-check';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { drawAll } from '../../src/diagnostics/draw.ts';
import { openYaml } from '../../src/load/open.ts';
import { createSources } from '../../src/load/sources.ts';
import { findVaultValues, replaceVaultValues } from '../../src/load/vault-values.ts';
import { Masker } from '../../src/model/masker.ts';
import type { SourceNode } from '../../src/model/source.ts';
import { compileValue } from '../../src/template/value.ts';
import { sealAge } from '../../src/vault/age.ts';
import { unarmored } from '../../src/vault/format.ts';
import { keySource } from '../../src/vault/key-source.ts';
import { Keyring } from '../../src/vault/keyring.ts';
import { Vault } from '../../src/vault/vault.ts';
import { AGE_PASSPHRASE_TEXT, ALICE, BOB } from '../vault/age-texts.ts';
import {
  ANSIBLE_1_1,
  ANSIBLE_PASSPHRASE,
  ANSIBLE_PLAIN,
  ANSIBLE_SINGLE,
  ANSIBLE_SINGLE_PLAIN,
} from '../vault/ansible-texts.ts';
import { places, project } from './project.ts';
import { runs } from '../properties/runs.ts';

const indented = (text: string, blanks = '  '): string => text.trim().replaceAll(/^/gm, blanks);

interface Read {
  readonly value: SourceNode | undefined;
  readonly problems: readonly Diagnostic[];
  readonly masker: Masker;
  readonly drawn: string;
}

/** Reads a file as a project does: again after each round of opening. */
async function read(content: string | Buffer, keys: readonly string[] = [ALICE.identity]): Promise<Read> {
  const files = Object.fromEntries(keys.map((key, i) => [`key${i + 1}`, key]));
  const made = project({ 'f.yml': content, ...files });
  const masker = new Masker();
  const sourcesOfKeys = keys.map((_, i) => keySource(`key${i + 1}`, 'either'));
  const io = { cwd: made.dir, env: {}, ask: () => Promise.resolve('') };
  const vault = new Vault(new Keyring(sourcesOfKeys, io, masker), masker);
  const sources = createSources({ cwd: made.dir, vault });
  let problems: Diagnostic[];
  let value: SourceNode | undefined;
  do {
    problems = [];
    value = openYaml(made.path('f.yml'), sources, (found) => problems.push(found));
  } while (await vault.unlock());
  made.remove();
  return { value, problems, masker, drawn: masker.mask(drawAll(problems, sources.texts)) };
}

function plain(node: SourceNode | undefined): unknown {
  if (node === undefined) return undefined;
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]));
}

describe('load: vaults', () => {
  const seal = (text: string): Promise<string> => sealAge(text, { recipients: [ALICE.recipient] });

  it('reads a whole file of age, of age without armour, and of Ansible', async () => {
    const sealed = await seal(ANSIBLE_PLAIN);
    const expected = { oms_secret_word: 'Vaulted-By-Ansible', list_of_words: ['first-word', 3306] };
    expect(plain((await read(sealed)).value)).to.deep.equal(expected);
    expect(plain((await read(unarmored(sealed) ?? '')).value)).to.deep.equal(expected);
    const { value, masker } = await read(ANSIBLE_1_1, [ANSIBLE_PASSPHRASE]);
    expect(plain(value)).to.deep.equal(expected);
    expect(masker.mask('Vaulted-By-Ansible first-word 3306')).to.equal('*** *** 3306');
  });

  it('reads single values of both kinds, in lists, maps and encrypted files too', async () => {
    const inner = `deep:\n  - !vault |\n${indented(await seal('In-A-List'), '      ')}\n`;
    const text = `a: !vault |\n${indented(ANSIBLE_SINGLE)}\nb: !vault |\n${indented(await seal('By age'))}\nc: 1\n`;
    const whole = await read(await seal(text + inner), [ALICE.identity, ANSIBLE_PASSPHRASE]);
    expect(whole.problems).to.deep.equal([]);
    expect(plain(whole.value)).to.deep.equal({
      a: ANSIBLE_SINGLE_PLAIN,
      b: 'By age',
      c: 1,
      deep: ['In-A-List'],
    });
    expect(whole.masker.mask(`${ANSIBLE_SINGLE_PLAIN}, By age, In-A-List`)).to.equal('***, ***, ***');
  });

  it('takes a single value as data, never as a template; a whole file has templates', async () => {
    const single = await read(`!vault |\n${indented(ANSIBLE_SINGLE)}\n`, [ANSIBLE_PASSPHRASE]);
    const compiled = compileValue(single.value as SourceNode);
    expect(compiled.value.constant).to.equal(true);
    expect(compiled.value.render({ get: () => undefined, names: () => [] })).to.equal(ANSIBLE_SINGLE_PLAIN);
    const file = await read(await seal('a: "{{ x }}"\n'));
    expect(compileValue(file.value as SourceNode).value.constant).to.equal(false);
  });

  it('names file, line and the ids tried when no key fits', async () => {
    const text = `a: 1\nb: !vault |\n${indented(await seal('x'))}\n`;
    const wrong = await read(text, [BOB.identity, 'some-word']);
    expect(places(wrong.problems)).to.deep.equal(['f.yml:2:11 file-unreadable']);
    expect(wrong.problems[0]?.detail).to.include('tried: identity key1');
    const whole = await read(AGE_PASSPHRASE_TEXT, [BOB.identity, 'some-word']);
    expect(places(whole.problems)).to.deep.equal(['f.yml:1:1 file-unreadable']);
    expect(whole.problems[0]?.detail).to.include('tried: passphrase key2').and.not.include('some-word');
    const none = await read(ANSIBLE_1_1, []);
    expect(none.problems[0]?.detail).to.include('--vault-identity FILE').and.include('--ask-vault-pass');
  });

  it('shows no line of a decrypted file, broken ones included', async () => {
    const broken = await seal('fine: 1\nword: "Never Shown: [\nnext: also-never\n');
    const { problems, drawn, value } = await read(broken);
    expect(value).to.equal(undefined);
    expect(places(problems)[0]).to.match(/^f\.yml:\d+:\d+ yaml-syntax$/);
    expect(drawn).not.to.match(/Never Shown|also-never|BEGIN AGE/);
    expect(drawn).to.include('decrypted text');
    const duplicate = await read(await seal('Hidden_Key: 1\nHidden_Key: 2\n'));
    expect(places(duplicate.problems)).to.deep.equal(['f.yml:2:1 duplicate']);
    expect(duplicate.drawn).not.to.include('│');
  });

  it('says what is wrong with a damaged file or value, and with what is no value at all', async () => {
    const cut = (await seal('x')).slice(0, 80);
    for (const text of [cut, '$ANSIBLE_VAULT;1.1;AES256\n3132', '$ANSIBLE_VAULT']) {
      const { problems } = await read(text);
      expect(problems.map(({ summary }) => summary)).to.deep.equal(['damaged encrypted file']);
      const value = await read(`a: !vault |\n${indented(text)}\n`);
      expect(value.problems.map(({ summary }) => summary)).to.deep.equal(['damaged encrypted value']);
    }
    const twice = await read(await seal(await seal('a: 1')));
    expect(twice.problems[0]?.summary).to.equal('encrypted twice');
    const { problems } = await read(
      'a: !vault\nb: !vault [1]\nc: !vault {x: 1}\nd: !vault plain\ne: !vault ""\n',
    );
    expect(problems.map(({ at, summary }) => `${at?.line} ${summary}`)).to.deep.equal([
      '1 not an encrypted value',
      '2 not an encrypted value',
      '3 not an encrypted value',
      '4 damaged encrypted value',
      '5 not an encrypted value',
    ]);
  });

  it('withstands any text behind !vault and behind the first line of a vault', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ maxLength: 120 }),
        fc.constantFrom('$ANSIBLE_VAULT;1.1;AES256\n', '-----BEGIN AGE ENCRYPTED FILE-----\n', 'a: !vault '),
        async (text, head) => {
          const { problems, value } = await read(head + text);
          expect(problems.length > 0 || value !== undefined || text.trim() === '').to.equal(true);
        },
      ),
      runs(40),
    );
  });

  it('decrypts each text once, however often it stands there', async () => {
    const sealed = indented(await seal('Same'));
    const { value } = await read(`a: &x !vault |\n${sealed}\nb: *x\nc: !vault |\n${sealed}\n`);
    expect(plain(value)).to.deep.equal({ a: 'Same', b: 'Same', c: 'Same' });
  });

  it('finds and replaces single values in a text, and leaves all else as it is', () => {
    const text =
      '# top\na: !vault |\n    one\n    two\n\n# about b\nb: [!vault "three", 4]\nc:\n  - !vault |-\n    five\n';
    const values = findVaultValues(text) ?? [];
    expect(values.map(({ line, ciphertext }) => `${line} ${ciphertext.trim()}`)).to.deep.equal([
      '2 one\ntwo',
      '7 three',
      '9 five',
    ]);
    const anew = values.map((value) => ({ value, ciphertext: 'x\ny\n' }));
    const replaced = replaceVaultValues(text, anew);
    expect(replaced).to.equal(
      '# top\na: !vault |\n    x\n    y\n\n# about b\nb: [!vault "x\\ny\\n", 4]\nc:\n  - !vault |\n    x\n    y\n',
    );
    expect(findVaultValues(replaced)?.map(({ ciphertext }) => ciphertext)).to.deep.equal(
      Array(3).fill('x\ny\n'),
    );
    expect(findVaultValues('a: [\n')).to.equal(undefined);
  });
});
