import { expect } from 'chai';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Masker } from '../../src/model/masker.ts';
import { keySource, type KeySource } from '../../src/vault/key-source.ts';
import { keysIn, VaultKeyError } from '../../src/vault/key.ts';
import { Keyring } from '../../src/vault/keyring.ts';
import { ALICE, BOB } from './age-texts.ts';

describe('vault: keys', () => {
  const dir = mkdtempSync(join(tmpdir(), 'oms-vault-keys-'));
  after(() => rmSync(dir, { recursive: true, force: true }));
  const file = (name: string, text: string, mode = 0o600): string => {
    writeFileSync(join(dir, name), text);
    chmodSync(join(dir, name), mode);
    return name;
  };
  const ring = (sources: readonly KeySource[], typed: readonly string[] = []) => {
    const asked: string[] = [];
    const masker = new Masker();
    const left = [...typed];
    const ask = (question: string): Promise<string> => {
      asked.push(question);
      return Promise.resolve(left.shift() ?? '');
    };
    return { asked, masker, keyring: new Keyring(sources, { cwd: dir, env: process.env, ask }, masker) };
  };
  const reveal = async (keyring: Keyring): Promise<readonly string[]> =>
    (await keyring.keys()).map(({ kind, label, secret }) => `${kind} ${label} ${secret.reveal()}`);

  it('reads identities with comments, several in a file; a passphrase is all the rest', async () => {
    file('ids.txt', `# mine\r\n${ALICE.identity}\r\n\n${BOB.identity}\n`);
    file('pw.txt', '  correct horse \n');
    const { keyring, masker } = ring([keySource('ids.txt', 'identity'), keySource('team@pw.txt', 'either')]);
    expect(await reveal(keyring)).to.deep.equal([
      `identity default ${ALICE.identity}`,
      `identity default ${BOB.identity}`,
      'passphrase team correct horse',
    ]);
    expect(masker.mask(`${ALICE.identity} correct horse`)).to.equal('*** ***');
  });

  it('runs an executable, and tells a -client which label is wanted', async () => {
    file('pass.sh', '#!/bin/sh\necho from-a-program\n', 0o700);
    file('vault-client.sh', '#!/bin/sh\necho "$1=$2"\n', 0o700);
    const { keyring } = ring([
      keySource('pass.sh', 'passphrase'),
      keySource('prod@vault-client.sh', 'either'),
    ]);
    expect(await reveal(keyring)).to.deep.equal([
      'passphrase default from-a-program',
      'passphrase prod --vault-id=prod',
    ]);
  });

  it('asks and runs only when a key is needed, and once; files are read at once', async () => {
    file('mark.sh', '#!/bin/sh\necho ran >> ran.txt\necho x1y2\n', 0o700);
    const { keyring, asked } = ring(
      [
        keySource('prompt', 'passphrase'),
        keySource('prod@prompt', 'either'),
        keySource('mark.sh', 'passphrase'),
        keySource('nowhere.txt', 'passphrase'),
      ],
      ['one', 'two'],
    );
    await keyring.readFiles();
    expect(asked).to.deep.equal([]);
    expect(keyring.problems).to.deep.equal(['nowhere.txt: there is no such file']);
    await keyring.keys();
    expect(await reveal(keyring)).to.have.lengthOf(3);
    expect(asked).to.deep.equal(['Vault passphrase: ', 'Vault passphrase (prod): ']);
    expect(keyring.problems).to.have.lengthOf(1);
  });

  it('says what is wrong with a source, and never what is in it', async () => {
    file('fails.sh', '#!/bin/sh\necho half-secret; exit 3\n', 0o700);
    file('noexec', 'plain words\n', 0o700);
    file('empty', '\n');
    file('ssh', '-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n');
    file('public', `${ALICE.recipient}\n`);
    file('broken', `${ALICE.identity}\nAGE-SECRET-KEY-lowercase\n`);
    file('word', 'just-a-password\n');
    const sources = [
      ...['fails.sh', 'noexec', 'empty', 'public', '.'].map((path) => keySource(path, 'passphrase')),
      ...['ssh', 'public', 'broken', 'word'].map((path) => keySource(path, 'identity')),
    ];
    const { keyring } = ring(sources);
    await keyring.keys();
    const told = keyring.problems.join('\n');
    expect(keyring.problems).to.have.lengthOf(sources.length);
    for (const words of [
      'exit code 3',
      'chmod a-x',
      'is empty',
      'SSH keys',
      'public key',
      'line 2',
      'folder',
    ]) {
      expect(told).to.include(words);
    }
    expect(told)
      .to.include('--vault-password-file')
      .and.not.match(/half-secret|just-a-password|plain words/);
  });

  it('takes a path with @ only in --vault-id for a label', () => {
    expect(keySource('a@b', 'either')).to.deep.equal({ path: 'b', label: 'a', kind: 'either' });
    expect(keySource('@b', 'either')).to.deep.include({ path: 'b', label: 'default' });
    expect(() => keysIn('', { kind: 'either', label: 'default', from: 'f' })).to.throw(VaultKeyError);
  });
});
