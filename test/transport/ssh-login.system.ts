import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { Secret } from '../../src/model/secret.ts';
import {
  addToAgent,
  askFor,
  failure,
  newKey,
  password,
  say,
  sshFixture,
  target,
  userKey,
} from './ssh-fixture.ts';
import { byKey } from './ssh-server.ts';

const lockedKey = newKey({
  passphrase: 'key-phrase',
  cipher: 'aes256-ctr',
  rounds: 4,
});

describe('SSH connector', () => {
  const { connector, file, home, serve } = sshFixture();

  describe('login', () => {
    it('by a key file', async () => {
      const server = await serve({ auth: byKey(userKey.public) });
      const link = await connector().connect(
        target(server.port, { privateKeyFile: file('key', userKey.private) }),
      );
      expect(await say(link, 'echo in')).to.equal('in\n');
    });

    it('by an encrypted key file with its passphrase', async () => {
      const server = await serve({ auth: byKey(lockedKey.public) });
      const privateKeyFile = file('key', lockedKey.private);
      const privateKeyPassphrase = new Secret('key-phrase');
      const link = await connector().connect(target(server.port, { privateKeyFile, privateKeyPassphrase }));
      expect(await say(link, 'echo in')).to.equal('in\n');
    });

    it('by a default key', async () => {
      file('.ssh/id_ed25519', userKey.private);
      const server = await serve({ auth: byKey(userKey.public) });
      expect(await say(await connector().connect(target(server.port)), 'echo in')).to.equal('in\n');
    });

    it('by the password', async () => {
      const server = await serve();
      expect(await say(await connector().connect(target(server.port, { password })), 'echo in')).to.equal(
        'in\n',
      );
    });

    it('by keyboard-interactive when asked for a password, also in Chinese', async () => {
      const server = await serve({ auth: askFor('admin@node 的密码：', 'right-pw') });
      const link = await connector().connect(target(server.port, { password }));
      expect(await say(link, 'echo in')).to.equal('in\n');
    });

    it('never gives the password to another question', async () => {
      let given: string | undefined;
      const auth = askFor('One-time password:', 'nothing', (answer) => (given = answer));
      const server = await serve({ auth });
      const error = await failure(connector().connect(target(server.port, { password })));
      expect(error.kind).to.equal('auth-failed');
      expect(given).to.equal('');
    });

    it('by a key of the agent', async function () {
      const socket = join(home(), 'agent');
      const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
      try {
        const added = await addToAgent(socket, file('key', userKey.private));
        if (!added) expect.fail('ssh-agent did not take the key');
        const server = await serve({ auth: byKey(userKey.public) });
        const link = await connector({ agentSocket: socket }).connect(target(server.port));
        expect(await say(link, 'echo in')).to.equal('in\n');
      } finally {
        agent.kill();
      }
    });

    it('an agent that is gone does not keep the password from being tried', async () => {
      const server = await serve();
      const options = { agentSocket: join(home(), 'no-agent') };
      const link = await connector(options).connect(target(server.port, { password }));
      expect(await say(link, 'echo in')).to.equal('in\n');
    });

    it('refused: says node, user, address and what was tried, in order', async () => {
      const server = await serve({ auth: (attempt) => attempt.reject(['publickey', 'password']) });
      const privateKeyFile = file('key', userKey.private);
      const more = { privateKeyFile, password: new Secret('wrong-pw') };
      const error = await failure(connector().connect(target(server.port, more)));
      expect(error.kind).to.equal('auth-failed');
      expect(error.message).to.contain(`hz-1 (admin@127.0.0.1:${server.port})`);
      expect(error.message).to.match(/Tried: the key .*\/key, the password\./);
      expect(error.hint).to.be.a('string');
    });

    for (const [label, text, words] of [
      ['missing', undefined, 'no such file'],
      ['encrypted, without a passphrase', lockedKey.private, 'encrypted and no passphrase'],
      ['no private key', userKey.public, 'public key'],
      ['no key at all', 'hello', 'no private key'],
    ] as const) {
      it(`a key file that is ${label}: bad-key-file with its path`, async () => {
        const server = await serve();
        const privateKeyFile = text === undefined ? join(home(), 'nothing') : file('key', text);
        const error = await failure(connector().connect(target(server.port, { privateKeyFile })));
        expect(error.kind).to.equal('bad-key-file');
        expect(error.message).to.contain(privateKeyFile).and.to.contain(words);
        expect(error.hint).to.be.a('string');
      });
    }

    it('a wrong passphrase: bad-key-file', async () => {
      const server = await serve();
      const more = {
        privateKeyFile: file('key', lockedKey.private),
        privateKeyPassphrase: new Secret('wrong-pw'),
      };
      const error = await failure(connector().connect(target(server.port, more)));
      expect(error.kind).to.equal('bad-key-file');
      expect(error.message).to.contain('passphrase is wrong');
    });
  });
});
