import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { fingerprint, judge, KnownHosts } from '../../src/transport/known-hosts.ts';
import type { HostKeyVerdict } from '../../src/transport/known-hosts.ts';

/** A key's blob: its type, then bytes that only have to differ. */
function key(type: string, seed: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), Buffer.from(seed)]);
}

const good = key('ssh-ed25519', 'good');
const line = (hosts: string, blob = good): string =>
  `${hosts} ${blob.toString('latin1', 4, 15)} ${blob.toString('base64')}`;

function hashed(name: string): string {
  const salt = Buffer.from('twenty bytes of salt');
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

describe('KnownHosts', () => {
  let dir: string;
  let file: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'oms-play-known-'));
    file = join(dir, 'sub', 'known_hosts');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  async function ask(text: string, host: string, port = 22, shown = good): Promise<HostKeyVerdict> {
    const path = join(dir, 'known_hosts');
    writeFileSync(path, text);
    return judge(await new KnownHosts().find([path, join(dir, 'absent')], host, port), shown);
  }

  for (const [label, hosts, host, port, is] of [
    ['a plain name', 'node-1', 'node-1', 22, 'known'],
    ['upper and lower case', 'node-1', 'NODE-1', 22, 'known'],
    ['one of several', 'a,10.0.0.1', '10.0.0.1', 22, 'known'],
    ['another name', 'node-1', 'node-11', 22, 'unknown'],
    ['a name and port', '[node-1]:2222', 'node-1', 2222, 'known'],
    ['another port', '[node-1]:2222', 'node-1', 2223, 'unknown'],
    ['a port where 22 is meant', '[node-1]:2222', 'node-1', 22, 'unknown'],
    ['the same key without the port', 'node-1', 'node-1', 2222, 'known'],
    ['an IPv6 address', 'fe80::1', 'fe80::1', 22, 'known'],
    ['a wildcard', '*.example.com', 'a.example.com', 22, 'known'],
    ['a dot is no wildcard', '10.0.0.1', '10x0x0x1', 22, 'unknown'],
    ['a question mark', 'node-?', 'node-7', 22, 'known'],
    ['a wildcard with an exception', '*.example.com,!b.example.com', 'b.example.com', 22, 'unknown'],
    ['a hashed name', hashed('node-1'), 'node-1', 22, 'known'],
    ['a hashed name with port', hashed('[node-1]:2222'), 'node-1', 2222, 'known'],
    ['a hash of another name', hashed('node-2'), 'node-1', 22, 'unknown'],
  ] as const) {
    it(`${label}: ${is}`, async () => {
      expect((await ask(`# comment\n\n${line(hosts)} by hand\n`, host, port)).is).to.equal(is);
    });
  }

  it('another key of the same host: changed, with the line of the same type', async () => {
    const text = `${line('n', key('ssh-rsa-one', 'x'))}\n${line('n', key('ssh-ed25519', 'old'))}\n`;
    const verdict = await ask(text, 'n');
    expect(verdict).to.deep.include({ is: 'changed' });
    expect(verdict.is === 'changed' && verdict.entry.line).to.equal(2);
  });

  it('another key of the same name without the port proves nothing: unknown', async () => {
    expect((await ask(line('n', key('ssh-ed25519', 'old')), 'n', 2222)).is).to.equal('unknown');
  });

  it('revoked wins over known; certificates count for nothing', async () => {
    expect((await ask(`${line('n')}\n@revoked ${line('*')}\n`, 'n')).is).to.equal('revoked');
    expect((await ask(`@cert-authority ${line('*')}\n`, 'n')).is).to.equal('unknown');
  });

  it('broken lines and missing files say nothing', async () => {
    expect((await ask('n\nn ssh-ed25519\n|1|x ssh-ed25519 AAAA\n', 'n')).is).to.equal('unknown');
  });

  it('add makes folder and file, keeps what is there, and adds a key once', async () => {
    const known = new KnownHosts();
    await Promise.all([
      known.add(file, 'n', 2222, good),
      known.add(file, 'm', 22, good),
      known.add(file, 'n', 2222, good),
    ]);
    expect(readFileSync(file, 'utf8')).to.equal(`${line('[n]:2222')}\n${line('m')}\n`);
    expect(judge(await known.find([file], 'm', 22), good).is).to.equal('known');
    writeFileSync(file, 'no newline');
    await new KnownHosts().add(file, 'm', 22, good);
    expect(readFileSync(file, 'utf8')).to.equal(`no newline\n${line('m')}\n`);
  });

  it('prints fingerprints as OpenSSH does', () => {
    expect(fingerprint(Buffer.from('x'))).to.equal('SHA256:LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE');
  });
});
