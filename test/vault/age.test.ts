import { expect } from 'chai';
import fc from 'fast-check';
import {
  countRecipients,
  isRecipient,
  newIdentity,
  openAge,
  recipientOf,
  sealAge,
} from '../../src/vault/age.ts';
import { armored, isBinaryAge, unarmored, vaultFormat } from '../../src/vault/format.ts';
import type { VaultKey } from '../../src/vault/key.ts';
import { openText } from '../../src/vault/vault.ts';
import { AGE_PASSPHRASE, AGE_PASSPHRASE_TEXT, ALICE, BOB } from './age-texts.ts';
import { identityKey, passKey } from './keys.ts';
import { runs } from '../properties/runs.ts';

const alice = identityKey(ALICE.identity, 'alice');
const bob = identityKey(BOB.identity, 'bob');

async function told(text: string, keys: readonly VaultKey[]): Promise<string> {
  const opened = await openAge(text, keys);
  return opened.kind === 'text' ? opened.text : `${opened.kind}: ${opened.words}`;
}

describe('vault: age', () => {
  const plain = 'a: "Grüße 世界"\nb: 2\n';
  let sealed = '';
  before(async () => {
    sealed = await sealAge(plain, { recipients: [ALICE.recipient] });
  });

  it('comes back as it was, for each of the identities it was sealed for', async () => {
    const both = await sealAge(plain, { recipients: [ALICE.recipient, BOB.recipient] });
    expect(both)
      .to.match(/^-----BEGIN AGE ENCRYPTED FILE-----\n/)
      .and.not.include('Gr');
    expect(await told(both, [alice])).to.equal(plain);
    expect(await told(both, [bob])).to.equal(plain);
    expect(await countRecipients(both)).to.equal(2);
    const opened = await openAge(both, [bob, alice]);
    expect(opened.kind === 'text' && opened.keys).to.deep.equal([bob, alice]);
  });

  it('opens what was sealed with a passphrase, and says when it is another', async () => {
    expect(await told(AGE_PASSPHRASE_TEXT, [alice, passKey('no'), passKey(AGE_PASSPHRASE)])).to.equal(
      'age_word: Sealed-With-Age\n',
    );
    const wrong = await told(AGE_PASSPHRASE_TEXT, [passKey('not-this-one', 'prod')]);
    expect(wrong).to.match(/^wrong-key: .*with a passphrase.*tried: passphrase prod \(pw\.txt\)/);
    expect(wrong).not.to.include('not-this-one');
    expect(await told(AGE_PASSPHRASE_TEXT, [alice])).to.include('given was only identity alice (id.txt)');
  });

  it('names the ids that were tried', async () => {
    expect(await told(sealed, [bob])).to.match(/^wrong-key: .*tried: identity bob \(id\.txt\)/);
    expect(await told(sealed, [])).to.include('no key was given');
  });

  it('knows the same text with other line ends, and without armour', async () => {
    expect(await told(sealed.replaceAll('\n', '\r\n'), [alice])).to.equal(plain);
    const bytes = unarmored(sealed) ?? Buffer.alloc(0);
    expect(isBinaryAge(bytes)).to.equal(true);
    expect(await told(armored(bytes), [alice])).to.equal(plain);
  });

  it('says of what is cut off or changed that it is damaged', async () => {
    const lines = sealed.trim().split('\n');
    const cut = unarmored(sealed)?.subarray(0, -20) ?? Buffer.alloc(0);
    const flipped = Buffer.from(unarmored(sealed) ?? []);
    flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
    const texts = [
      lines.slice(0, 3).join('\n'),
      lines[0] ?? '',
      sealed.replace('\n', '\n!!'),
      armored(cut),
      armored(flipped),
      armored(Buffer.from('age-encryption.org/v2\n')),
      armored(Buffer.from('age-encryption.org/v1\n-> X25519 x\n')),
      armored(Buffer.from([0, 1, 2])),
    ];
    for (const text of texts) expect(await told(text, [alice]), text).to.match(/^damaged: /);
  });

  it('refuses what is no text inside', async () => {
    const { Encrypter } = await import('age-encryption');
    const encrypter = new Encrypter();
    encrypter.addRecipient(ALICE.recipient);
    const bytes = armored(await encrypter.encrypt(new Uint8Array([0xff, 0xfe, 0xfd])));
    expect(await told(bytes, [alice])).to.match(/^damaged: .*UTF-8/);
  });

  it('makes identities, and tells public keys from other words', async () => {
    const made = await newIdentity();
    expect(await recipientOf(made.identity)).to.equal(made.recipient);
    expect(await isRecipient(made.recipient)).to.equal(true);
    expect(await isRecipient(made.recipient.slice(0, -1))).to.equal(false);
    expect(await recipientOf('AGE-SECRET-KEY-1QQQ')).to.equal(undefined);
  });

  it('withstands any bytes behind the header', async () => {
    const head = Buffer.from('age-encryption.org/v1\n');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const opened = await openText(armored(Buffer.concat([head, bytes])), [alice]);
        expect(opened.kind).to.be.oneOf(['damaged', 'wrong-key']);
      }),
      runs(30),
    );
  });

  it('tells the formats apart', () => {
    expect(vaultFormat(sealed)).to.equal('age');
    expect(vaultFormat('  $ANSIBLE_VAULT;1.1;AES256\n')).to.equal('ansible');
    expect(vaultFormat('a: 1\nb: $ANSIBLE_VAULT\n')).to.equal(undefined);
  });
});
