import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import type { AuthContext } from 'ssh2';
import { Secret } from '../../src/model/secret.ts';
import type { Link } from '../../src/transport/contract.ts';
import { failure, listen, password, say, sshFixture, target, userKey } from './ssh-fixture.ts';
import { byKey } from './ssh-server.ts';

describe('SSH connector', () => {
  const { connector, file, home, serve } = sshFixture();

  describe('jump hosts', () => {
    it('the connection to a jump host is shared by the nodes behind it', async () => {
      const [jump, node] = [await serve(), await serve()];
      const through = target(jump.port, { name: 'gate', password });
      const connections = connector();
      const links = await Promise.all(
        ['a', 'b', 'c'].map((name) =>
          connections.connect(target(node.port, { name, password, jump: through })),
        ),
      );
      expect(await Promise.all(links.map((link) => say(link, 'echo in')))).to.deep.equal([
        'in\n',
        'in\n',
        'in\n',
      ]);
      expect([jump.counts.connections, node.counts.connections]).to.deep.equal([1, 3]);
    });

    it('many nodes behind two jumps do not take each other the places', async () => {
      const [outer, inner, node] = [await serve(), await serve(), await serve()];
      const jump = target(inner.port, { password, jump: target(outer.port, { password }) });
      const connections = connector({ maxConnecting: 1 });
      const links = await Promise.all(
        [1, 2, 3].map(() => connections.connect(target(node.port, { password, jump }))),
      );
      expect(await say(links[2] as Link, 'echo in')).to.equal('in\n');
    });

    it('when the jump host is lost, so is what is in flight behind it; the next node gets a new way', async () => {
      const [jump, node] = [await serve(), await serve()];
      const through = target(jump.port, { name: 'gate', password });
      const connections = connector();
      const link = await connections.connect(target(node.port, { password, jump: through }));
      await say(link, 'true');
      const flying = failure(say(link, 'sleep 5'));
      jump.cut();
      expect((await flying).kind).to.equal('lost');
      const again = await connections.connect(target(node.port, { password, jump: through }));
      expect(await say(again, 'echo in')).to.equal('in\n');
    });

    it('a jump host that refuses the login: jump-failed, naming both', async () => {
      const [jump, node] = [await serve(), await serve()];
      const through = target(jump.port, { name: 'gate', password: new Secret('wrong-pw') });
      const error = await failure(connector().connect(target(node.port, { password, jump: through })));
      expect(error.kind).to.equal('jump-failed');
      expect(error.message).to.contain('hz-1').and.to.contain('gate');
    });

    it('a node that the jump host does not reach: jump-failed', async () => {
      const jump = await serve();
      const through = target(jump.port, { name: 'gate', password });
      const error = await failure(connector().connect(target(1, { password, jump: through })));
      expect(error.kind).to.equal('jump-failed');
      expect(error.message).to.contain('127.0.0.1:1');
    });
  });

  describe('~/.ssh/config', () => {
    it('gives host, port, user, key and known_hosts for an alias, and runs nothing', async () => {
      const server = await serve({ auth: byKey(userKey.public) });
      const trace = join(home(), 'executed');
      const key = file('special', userKey.private);
      file(
        '.ssh/config',
        `Match exec "touch ${trace}"\n  Port 1\nHost gate-*\n  HostName 127.0.0.1\n  Port ${server.port}\n  User admin\n` +
          `  IdentityFile ${key}\n  StrictHostKeyChecking accept-new\n  UserKnownHostsFile ${join(home(), 'known')}\n`,
      );
      const more = { address: 'gate-7', port: undefined, user: undefined, hostKeyChecking: undefined };
      const link = await connector().connect(target(0, more));
      expect(await say(link, 'echo in')).to.equal('in\n');
      expect(readFileSync(join(home(), 'known'), 'utf8')).to.contain(
        `[127.0.0.1]:${server.port} ssh-ed25519`,
      );
      expect(() => statSync(trace)).to.throw('ENOENT');
    });

    it('ProxyJump goes through the named host, itself found in the file', async () => {
      const [jump, node] = [
        await serve({ auth: byKey(userKey.public) }),
        await serve({ auth: byKey(userKey.public) }),
      ];
      file('.ssh/id_ed25519', userKey.private);
      file(
        '.ssh/config',
        `Host gate\n  HostName 127.0.0.1\n  Port ${jump.port}\n  User admin\nHost far\n  HostName 127.0.0.1\n  ProxyJump gate\n`,
      );
      const link = await connector().connect(target(node.port, { address: 'far' }));
      expect(await say(link, 'echo in')).to.equal('in\n');
      expect(jump.counts.loggedIn).to.equal(1);
    });

    it('what the target says wins', async () => {
      const server = await serve();
      file('.ssh/config', 'Host *\n  Port 1\n  User nobody\n  StrictHostKeyChecking no\n');
      const error = await failure(
        connector().connect(target(server.port, { password, hostKeyChecking: 'yes' })),
      );
      expect(error.kind).to.equal('host-key-unknown');
      expect(error.message).to.contain(`admin@127.0.0.1:${server.port}`);
    });
  });

  describe('when the way is bad', () => {
    it('nobody listens: refused, after a second try', async () => {
      let pauses = 0;
      const pause = async (): Promise<void> => void pauses++;
      const error = await failure(connector({ pause }).connect(target(1, { password })));
      expect([error.kind, pauses]).to.deep.equal(['refused', 1]);
      expect(error.message).to.contain('127.0.0.1:1');
    });

    it('a server that drops the first connection (MaxStartups) gets a second one', async () => {
      const server = await serve({ turnAway: (count) => count === 1 });
      expect(await say(await connector().connect(target(server.port, { password })), 'echo in')).to.equal(
        'in\n',
      );
    });

    it('a server that drops every connection: unreachable, after two tries', async () => {
      const server = await serve({ turnAway: () => true });
      const error = await failure(connector().connect(target(server.port, { password })));
      expect([error.kind, server.counts.connections]).to.deep.equal(['unreachable', 2]);
    });

    it('a wrong password is tried once only', async () => {
      let tries = 0;
      const auth = (attempt: AuthContext): void => {
        if (attempt.method === 'password' || attempt.method === 'keyboard-interactive') tries += 1;
        if (attempt.method === 'keyboard-interactive')
          attempt.prompt([{ prompt: 'Password: ' }], () => attempt.reject());
        else attempt.reject(['keyboard-interactive', 'password']);
      };
      const server = await serve({ auth });
      const error = await failure(
        connector().connect(target(server.port, { password: new Secret('wrong-pw') })),
      );
      expect([error.kind, tries, server.counts.connections]).to.deep.equal(['auth-failed', 1, 1]);
    });

    it('a name without an address: unknown-host', async () => {
      const error = await failure(
        connector().connect(target(22, { address: 'no-such-node.invalid', password })),
      );
      expect(error.kind).to.equal('unknown-host');
      expect(error.message).to.contain('no-such-node.invalid');
    });

    it('a server that says nothing: timeout', async () => {
      const silent = createServer(() => undefined);
      const port = await listen(silent);
      const error = await failure(connector().connect(target(port, { password, connectTimeoutMs: 200 })));
      expect(error.kind).to.equal('timeout');
      expect(error.message).to.contain('0.2 s');
      silent.close();
    });

    it('something that is no SSH server: unreachable', async () => {
      const http = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
      const port = await listen(http);
      const error = await failure(connector().connect(target(port, { password })));
      expect(error.kind).to.equal('unreachable');
      http.close();
    });

    it('a cut connection fails everything in flight as lost', async () => {
      const server = await serve();
      const link = await connector().connect(target(server.port, { password }));
      await say(link, 'true');
      const flying = ['sleep 5', 'echo a', 'echo b'].map((text) => failure(say(link, text)));
      setTimeout(() => server.cut(), 50);
      const errors = await Promise.all(flying);
      expect(errors.map((e) => e.kind)).to.deep.equal(['lost', 'lost', 'lost']);
      expect(errors[0]?.message).to.contain('hz-1');
      expect((await failure(say(link, 'echo later'))).kind).to.equal('lost');
    });

    it('opens no more connections at once than allowed', async () => {
      const server = await serve();
      const connections = connector({ maxConnecting: 2 });
      const links = Array.from({ length: 8 }, () => connections.connect(target(server.port, { password })));
      await Promise.all(links);
      expect(server.counts.mostOpen).to.be.at.most(2);
    });
  });
});
