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

  it('copies no more than what holds a secret, and gives nothing away of that', () => {
    const masker = new Masker();
    masker.add('hidden-word');
    masker.add('7654321');
    const value = fc.letrec((tie) => ({
      data: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom('hidden-word', 'x hidden-word', 'plain', 7654321, 1, true, null, new Secret('s')),
        fc.array(tie('data'), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'hidden-word', '__proto__'), tie('data'), { maxKeys: 4 }),
      ),
    })).data;
    fc.assert(
      fc.property(value, (data) => {
        const before = JSON.stringify(data);
        const masked = masker.maskDeep([[data]]);
        expect(JSON.stringify(data)).to.equal(before);
        const wanted = before.replaceAll('hidden-word', '***').replaceAll('7654321', '"***"');
        expect(JSON.stringify(masked)).to.equal(`[[${wanted}]]`);
        if (!before.includes('***') && wanted === before)
          expect((masked as unknown[][])[0]?.[0]).to.equal(data);
      }),
    );
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
    for (const name of ['getent_passwd', 'https_key', 'passenger', 'password_file', 'token_count', 'key']) {
      expect(isSecretName(name), name).to.equal(false);
    }
  });
});

describe('what a secret may look like', () => {
  const masked = (secret: string, text: string): string => {
    const masker = new Masker();
    masker.add(secret);
    return masker.mask(text);
  };

  it('without the newline of its block scalar, and by its lines', () => {
    expect(masked('word-of-mouth\n', 'say word-of-mouth!')).to.equal('say ***!');
    const key = '-----BEGIN KEY-----\nAAAABBBBCCCC\n}\n-----END KEY-----\n';
    expect(masked(key, 'x AAAABBBBCCCC { }')).to.equal('x *** { }');
    expect(masked(key, key.replaceAll('\n', '\r\n'))).to.equal('***\r\n');
  });

  it('quoted within something quoted, for YAML and SQL, in other spellings of URLs', () => {
    const secret = `it's "a b\\/c"`;
    const shell = (text: string): string => text.replaceAll("'", `'\\''`);
    const forms = [
      shell(shell(secret)),
      JSON.stringify(JSON.stringify(secret).slice(1, -1)).slice(1, -1),
      secret.replaceAll("'", "''"),
      `it\\'s \\"a b\\\\/c\\"`,
      encodeURIComponent(secret).toLowerCase(),
      'it%27s+%22a+b%5C%2Fc%22',
    ];
    for (const form of forms) expect(masked(secret, `[${form}]`), form).to.equal('[***]');
  });

  it('in base64 together with a user’s name, whatever its length', () => {
    for (const user of ['a', 'ab', 'abc']) {
      const both = Buffer.from(`${user}:S3cret-value`).toString('base64');
      expect(masked('S3cret-value', both).length, user).to.be.lessThan(14);
    }
  });
});

describe('Masker.settled', () => {
  it('keeps back what may be the beginning of a secret, and whole ones before it', () => {
    const masker = new Masker();
    masker.add('abcdef');
    masker.add('defxyz');
    expect(masker.settled('say abcd')).to.equal(4);
    expect(masker.settled('say abcdef')).to.equal(4);
    expect(masker.settled('say abcdefg')).to.equal(11);
    expect(new Masker().settled('say')).to.equal(3);
  });

  it('nothing passes, however the output is cut', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), fc.array(fc.nat(40), { maxLength: 8 }), (secret, cuts) => {
        fc.pre(!'***'.includes(secret) && secret.trim().length > 3 && !/^[ab*]+$/.test(secret));
        const masker = new Masker();
        masker.add(secret);
        const text = `aa${secret}bb${secret}`;
        let [shown, held, at] = ['', '', 0];
        for (const cut of [...cuts, text.length]) {
          held += text.slice(at, at + cut);
          at += cut;
          const settled = masker.settled(held);
          shown += masker.mask(held.slice(0, settled));
          held = held.slice(settled);
        }
        expect(shown + masker.mask(held)).to.equal(masker.mask(text));
      }),
    );
  });

  it('leaves nothing of a secret behind a cut', () => {
    const secret = 'a-Secret-word';
    const masker = new Masker();
    masker.add(secret);
    masker.add('word-of-another');
    for (let cut = 1; cut < secret.length; cut++) {
      const rest = `${secret.slice(cut)} and more`;
      expect(rest.slice(masker.restOfCut(rest))).to.equal(' and more');
    }
    for (const whole of ['', 'plain', `${secret} and more`])
      expect(masker.restOfCut(whole), whole).to.equal(0);
  });

  it('a large output and many secrets take moments', () => {
    const masker = new Masker();
    for (let i = 0; i < 50; i++) masker.add(`secret-number-${i * 7919}`);
    masker.add(Array.from({ length: 30 }, (_, i) => `${i}`.repeat(64).slice(0, 64)).join('\n'));
    const text = 'a line as programs print them, secret-number-no\n'.repeat(50_000);
    // Of its own: other work on the machine takes time too.
    const begun = process.cpuUsage();
    expect(masker.mask(text)).to.have.length(text.length);
    expect(process.cpuUsage(begun).user / 1000).to.be.lessThan(500);
  });
});
