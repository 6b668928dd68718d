import { expect } from 'chai';
import fc from 'fast-check';
import { openAnsible } from '../../src/vault/ansible.ts';
import {
  ANSIBLE_1_1,
  ANSIBLE_1_2,
  ANSIBLE_PASSPHRASE,
  ANSIBLE_PLAIN,
  ANSIBLE_SINGLE,
  ANSIBLE_SINGLE_PLAIN,
} from './ansible-texts.ts';
import { ALICE } from './age-texts.ts';
import { identityKey, passKey } from './keys.ts';
import { runs } from '../properties/runs.ts';

const right = passKey(ANSIBLE_PASSPHRASE);
const textOf = (text: string, keys = [right]): string => {
  const opened = openAnsible(text, keys);
  return opened.kind === 'text' ? opened.text : `${opened.kind}: ${opened.words}`;
};

describe("vault: Ansible's format", () => {
  it('opens what ansible-vault wrote: 1.1, 1.2, and a single value', () => {
    expect(textOf(ANSIBLE_1_1)).to.equal(ANSIBLE_PLAIN);
    expect(textOf(ANSIBLE_1_2)).to.equal(ANSIBLE_PLAIN);
    expect(textOf(ANSIBLE_SINGLE)).to.equal(ANSIBLE_SINGLE_PLAIN);
  });

  it('minds neither CRLF nor blanks around lines', () => {
    expect(textOf(ANSIBLE_1_1.replaceAll('\n', '\r\n'))).to.equal(ANSIBLE_PLAIN);
    expect(textOf(ANSIBLE_1_2.replaceAll('\n', '  \n   '))).to.equal(ANSIBLE_PLAIN);
  });

  it('finds the right one among several passphrases, whatever its label', () => {
    const keys = [passKey('wrong', 'prod'), identityKey(ALICE.identity), passKey(ANSIBLE_PASSPHRASE, 'dev')];
    expect(textOf(ANSIBLE_1_2, keys)).to.equal(ANSIBLE_PLAIN);
  });

  it('names the ids tried, and the one that the text asks for', () => {
    const told = textOf(ANSIBLE_1_2, [passKey('wrong'), passKey('wronger', 'dev')]);
    expect(told)
      .to.match(/^wrong-key: /)
      .and.include('"prod"');
    expect(told).to.include('passphrase pw.txt').and.include('passphrase dev (pw.txt)');
    expect(told).not.to.include('wronger');
    expect(textOf(ANSIBLE_1_1, [identityKey(ALICE.identity)])).to.include('no passphrase was given');
  });

  it('says of a damaged text that it is, not that the key is wrong', () => {
    const lines = ANSIBLE_1_1.split('\n');
    const cases = [
      lines.slice(0, 4).join('\n'),
      lines[0] ?? '',
      ANSIBLE_1_1.replace(/\d{6}\n/, 'zzzzzz\n'),
      ANSIBLE_1_1.replace('1.1', '1.0'),
      ANSIBLE_1_1.replace('1.1', '9'),
      ANSIBLE_1_1.replace('AES256', 'AES'),
      '$ANSIBLE_VAULT',
      '$ANSIBLE_VAULT;1.1;AES256\n3132',
    ];
    for (const text of cases) expect(textOf(text), text.slice(0, 40)).to.match(/^damaged: /);
  });

  it('opens nothing whose check sum does not fit', () => {
    const lines = ANSIBLE_1_1.trim().split('\n');
    const last = lines.at(-1) ?? '';
    // The last digits of the outer hexadecimal text: one of the inner digits becomes another.
    const changed = [...lines.slice(0, -1), `${last.slice(0, -1)}${last.endsWith('1') ? '2' : '1'}`].join(
      '\n',
    );
    expect(textOf(changed)).to.match(/^wrong-key: /);
  });

  it('withstands any text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.constantFrom('1.1', '1.2'), (rest, version) => {
        const opened = openAnsible(`$ANSIBLE_VAULT;${version};AES256\n${rest}`, []);
        expect(opened.kind).to.be.oneOf(['damaged', 'wrong-key']);
      }),
      runs(80),
    );
  });
});
