import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import ssh2 from 'ssh2';
import type { Target } from '../../src/transport/contract.ts';
import { failure, hostKey, newKey, password, say, sshFixture, target } from './ssh-fixture.ts';

const otherHostKey = newKey();
const ecdsaHostKey = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });

describe('SSH connector', () => {
  const { connector, file, home, serve } = sshFixture();

  describe('host keys', () => {
    const [type = '', blob = ''] = hostKey.public.split(' ');
    const known = (): string => join(home(), '.ssh', 'known_hosts');
    const checked = (
      port: number,
      hostKeyChecking: Target['hostKeyChecking'],
      more: Partial<Target> = {},
    ): Target => target(port, { password, hostKeyChecking, ...more });

    it('an unknown key is refused with its fingerprint and the mend', async () => {
      const server = await serve();
      const error = await failure(connector().connect(checked(server.port, 'yes')));
      expect(error.kind).to.equal('host-key-unknown');
      expect(error.message).to.match(/ssh-ed25519 SHA256:[A-Za-z0-9+/]{43}/);
      expect(error.hint).to.contain('accept-new').and.to.contain('ssh-keyscan');
    });

    it('a known key is accepted', async () => {
      const server = await serve();
      file('.ssh/known_hosts', `# mine\n[127.0.0.1]:${server.port} ${type} ${blob}\n`);
      expect(await say(await connector().connect(checked(server.port, 'yes')), 'echo in')).to.equal('in\n');
    });

    it('accept-new writes each key once, for the owner only, and it is known from then on', async () => {
      const server = await serve();
      const first = connector();
      await Promise.all(Array.from({ length: 4 }, () => first.connect(checked(server.port, 'accept-new'))));
      expect(readFileSync(known(), 'utf8')).to.equal(`[127.0.0.1]:${server.port} ${type} ${blob}\n`);
      expect(statSync(known()).mode & 0o777).to.equal(0o600);
      expect(await say(await connector().connect(checked(server.port, 'yes')), 'echo in')).to.equal('in\n');
    });

    for (const mode of ['yes', 'accept-new', 'no'] as const) {
      it(`a changed key is refused with ${mode}, with the place of the old one`, async () => {
        const server = await serve();
        const [otherType, otherBlob] = otherHostKey.public.split(' ');
        file('.ssh/known_hosts', `\n[127.0.0.1]:${server.port} ${otherType} ${otherBlob}\n`);
        const error = await failure(connector().connect(checked(server.port, mode)));
        expect(error.kind).to.equal('host-key-changed');
        expect(error.message).to.contain(`${known()}:2`);
      });
    }

    it('a second key of another type does not look like a change', async () => {
      const server = await serve({ hostKeys: [hostKey.private, ecdsaHostKey.private] });
      const [ecdsaType, ecdsaBlob] = ecdsaHostKey.public.split(' ');
      file('.ssh/known_hosts', `[127.0.0.1]:${server.port} ${ecdsaType} ${ecdsaBlob}\n`);
      expect(await say(await connector().connect(checked(server.port, 'yes')), 'echo in')).to.equal('in\n');
    });

    it('a server without any key of the known types is refused as changed', async () => {
      const server = await serve();
      const [ecdsaType, ecdsaBlob] = ecdsaHostKey.public.split(' ');
      file('.ssh/known_hosts', `[127.0.0.1]:${server.port} ${ecdsaType} ${ecdsaBlob}\n`);
      const error = await failure(connector().connect(checked(server.port, 'accept-new')));
      expect(error.kind).to.equal('host-key-changed');
      expect(error.message).to.contain('ecdsa-sha2-nistp256');
    });

    it('a revoked key is refused', async () => {
      const server = await serve();
      file('.ssh/known_hosts', `@revoked * ${type} ${blob}\n[127.0.0.1]:${server.port} ${type} ${blob}\n`);
      const error = await failure(connector().connect(checked(server.port, 'no')));
      expect(error.message).to.contain('revoked').and.to.contain(`${known()}:1`);
    });
  });
});
