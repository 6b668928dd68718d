import { expect } from 'chai';
import ssh2 from 'ssh2';
import { makeKeyPair, usableKeyPair } from '../../src/transport/key-pair.ts';

describe('a new key pair', () => {
  it('can be read, and holds a whole public key', async () => {
    const { privateKey, publicKey } = await makeKeyPair();
    expect(ssh2.utils.parseKey(privateKey.reveal())).not.to.be.instanceOf(Error);
    expect(Buffer.from(publicKey.split(' ')[1] ?? '', 'base64')).to.have.length(51);
  });

  it('is made again where what was made cannot be read', () => {
    const made = ['broken', 'broken', 'good'];
    const parse = (key: string): unknown => (key === 'good' ? {} : new Error('malformed'));
    expect(usableKeyPair(() => ({ private: made.shift() ?? '' }), parse)).to.deep.equal({ private: 'good' });
  });
});
