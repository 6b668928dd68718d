import { inspect } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { isSecretName } from '../../src/model/magic.ts';
import { Masker } from '../../src/model/masker.ts';
import { Secret } from '../../src/model/secret.ts';

describe('Secret', () => {
  it('never shows itself', () => {
    const secret = new Secret('hunter2');
    expect(
      `${secret.toString()} ${JSON.stringify({ secret })} ${inspect({ secret })} ${String(secret)}`,
    ).to.not.include('hunter2');
    expect(secret.reveal()).to.equal('hunter2');
  });
});

describe('Masker', () => {
  it('blots out a secret and its usual disguises', () => {
    const masker = new Masker();
    const secret = `p'w"d \\ü?`;
    masker.add(secret);
    const disguises = [
      secret,
      JSON.stringify(secret),
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64'),
      `'${secret.replaceAll("'", `'\\''`)}'`,
    ];
    for (const disguise of disguises)
      expect(masker.mask(`a ${disguise} b`)).to.match(/^a ["']?\*\*\*=*["']? b$/);
  });

  it('takes the longer of two secrets that begin alike', () => {
    const masker = new Masker();
    masker.add('secret');
    masker.add('secret-two');
    expect(masker.mask('secret-two secret')).to.equal('*** ***');
  });

  it('masks a very short secret only as a word of its own', () => {
    const masker = new Masker();
    masker.add('ab');
    expect(masker.mask('ab cab ab.')).to.equal('*** cab ***.');
  });

  it('leaves data of every kind otherwise as it is', () => {
    const masker = new Masker();
    masker.add('hidden');
    const data = { a: [1, true, null, 'x hidden'], hidden: { b: 'hidden' } };
    expect(masker.maskDeep(data)).to.deep.equal({ a: [1, true, null, 'x ***'], '***': { b: '***' } });
  });

  it('no secret survives, whatever characters it has', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), fc.string(), fc.string(), (secret, before, after) => {
        fc.pre(!'***'.includes(secret) && secret !== '****');
        const masker = new Masker();
        masker.add(secret);
        expect(masker.mask(`${before}\n${secret}\n${after}`)).to.not.include(`\n${secret}\n`);
      }),
    );
  });
});

describe('names of secrets', () => {
  it('are known by their last word', () => {
    for (const name of [
      'password',
      'oms_meta_password',
      'ansible_become_pass',
      'api_token',
      'apsara_audit_sls_access_key',
    ]) {
      expect(isSecretName(name), name).to.equal(true);
    }
    for (const name of ['https_key', 'passenger', 'password_file', 'token_count', 'key']) {
      expect(isSecretName(name), name).to.equal(false);
    }
  });
});
