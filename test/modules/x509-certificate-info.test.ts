import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import type { Server, TlsOptions } from 'node:tls';
import { createServer } from 'node:tls';
import { X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import type { Check, TaskModule } from '../../src/modules/define.ts';
import { ModuleError } from '../../src/modules/define.ts';
import {
  describe as describeCertificate,
  parseCertificates,
} from '../../src/modules/x509_certificate_info/certificate.ts';
import { module as anyModule } from '../../src/modules/x509_certificate_info/index.ts';
import { parseTime } from '../../src/modules/x509_certificate_info/time.ts';
import { FakeNode } from './fake-node.ts';

const folder = join(import.meta.dirname, 'x509');
const pem = (name: string): string => readFileSync(join(folder, name), 'utf8');
const module = anyModule as TaskModule<unknown, Record<string, unknown>>;

/** A node from which the test's own servers can be reached. */
class NetworkNode extends FakeNode {
  override openConnection(host: string, port: number): Promise<ReturnType<typeof connect>> {
    return new Promise((resolve) => {
      const socket = connect(port, host, () => resolve(socket));
    });
  }
}

function look(given: object): Promise<Check<Record<string, unknown>, unknown>> {
  return module.check(new NetworkNode(), module.args.parse(given));
}

describe('x509_certificate_info', () => {
  it('tells the fingerprint as openssl and Ansible do', () => {
    const [leaf] = parseCertificates(Buffer.from(pem('leaf.crt')), 'x');
    const told = leaf && describeCertificate(leaf, new Date('2119-12-21T12:00:00Z'));
    expect(told?.fingerprints.sha256).to.equal(
      'e1:ce:7a:38:00:23:e5:dd:6c:97:40:6b:f0:f6:c4:52:1b:86:6b:49:fd:ab:d1:12:2e:6b:aa:6f:ac:8b:a4:a9',
    );
    expect(told?.serial_number).to.equal(BigInt('0x6C371B8746683AEDAC7B3684D5B6FC89E4A22D32').toString());
    expect(told?.days_left).to.equal(9);
  });

  it('reads DER as well as PEM, with text around it', () => {
    const { raw, fingerprint256 } = new X509Certificate(pem('leaf.crt'));
    expect(parseCertificates(raw, 'x')[0]?.fingerprint256).to.equal(fingerprint256);
    const around = `Bag Attributes\n  friendlyName: oms\n${pem('leaf.crt')}trailing\n${pem('ca.crt')}`;
    expect(parseCertificates(Buffer.from(around), 'x')).to.have.length(2);
  });

  it('warns before and after the end', async () => {
    expect((await look({ src: join(folder, 'old.crt') })).warnings?.[0]).to.match(
      /old\.crt expired \d+ days ago/,
    );
    const soon = await look({ content: pem('leaf.crt'), warn_days: 100_000 });
    expect(soon.warnings?.[0]).to.match(/the certificate content expires in \d+ days/);
    expect((await look({ content: pem('leaf.crt') })).warnings).to.equal(undefined);
  });

  it('opens an encrypted key, and says so when it cannot, without showing it', async () => {
    const given = { content: pem('leaf.crt'), key_src: join(folder, 'encrypted.key') };
    expect((await look({ ...given, key_passphrase: 'pw123456' })).result).to.include({ key_matches: true });
    const error = await failed(look({ ...given, key_passphrase: 'wrong' }));
    expect(error.message).to.contain('key_passphrase does not open it').and.not.contain('wrong');
    expect((await failed(look({ ...given, key_src: undefined, key_content: 'abc' }))).message).to.contain(
      'no complete PEM',
    );
  });

  describe('asks a server', () => {
    let server: Server;
    let names: string[];
    before((done) => {
      names = [];
      const SNICallback: TlsOptions['SNICallback'] = (name, accept) => {
        names.push(name);
        accept(null);
      };
      const cert = pem('leaf.crt') + pem('ca.crt');
      server = createServer({ key: pem('leaf.key'), cert, SNICallback }, (socket) => {
        socket.on('error', () => undefined);
      });
      server.listen(0, '127.0.0.1', done);
    });
    after((done) => void server.close(done));
    const at = (): object => ({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });

    it('for what it serves, though nobody would trust it', async () => {
      const { result } = await look({
        ...at(),
        server_name: 'oms.example.com',
        key_content: pem('leaf.key'),
      });
      expect(result).to.deep.include({ subject: { commonName: 'oms.example.com' }, key_matches: true });
      expect(result).to.include({ chain_valid: true, chain_length: 2 });
      expect(names).to.deep.equal(['oms.example.com']);
    });

    it('and says so when it speaks no TLS, or nothing', async () => {
      for (const greeting of ['HTTP/1.1 400 Bad Request\r\n\r\n', '']) {
        const plain = createTcpServer((socket) => {
          socket.on('error', () => undefined);
          if (greeting !== '') socket.end(greeting);
        });
        await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
        const { port } = plain.address() as AddressInfo;
        const error = await failed(look({ host: '127.0.0.1', port, timeout: 0.2 }));
        expect(error.message).to.contain(`127.0.0.1:${port}, asked from hz-1, shows no certificate`);
        if (greeting === '') expect(error.message).to.contain('no answer within 0.2 s');
        plain.close();
      }
    });
  });

  it('takes times as Ansible does', () => {
    const now = new Date('2026-01-31T00:00:00Z');
    const time = (text: string): string => parseTime(text, now).toISOString();
    expect(time('+1w2d')).to.equal('2026-02-09T00:00:00.000Z');
    expect(time('-90m')).to.equal('2026-01-30T22:30:00.000Z');
    expect(time('20270101120000Z')).to.equal('2027-01-01T12:00:00.000Z');
    expect(time('2027-01-01T12:00:00+08:00')).to.equal('2027-01-01T04:00:00.000Z');
    for (const wrong of ['soon', '30d', '+30', '20271301000000Z'])
      expect(() => time(wrong), wrong).to.throw(ModuleError);
  });

  it('wants one source', () => {
    const wrong = (given: object): string =>
      module.args.safeParse(given).error?.issues[0]?.message ?? 'accepted';
    expect(wrong({})).to.equal('give one of path, src, content, host');
    expect(wrong({ path: '/a', content: 'b' })).to.contain('only one of');
    expect(wrong({ host: 'a' })).to.equal('host and port go together');
    expect(wrong({ path: '/a', key_path: '/b', key_src: 'c' })).to.contain('only one of key_path');
  });
});

async function failed(work: Promise<unknown>): Promise<ModuleError> {
  const error: unknown = await work.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (error instanceof ModuleError) return error;
  throw error;
}
