import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { sumIn } from '../../src/modules/get_url/checksum.ts';
import type { RealNode } from './real-node.ts';
import { openRealNode } from './real-node.ts';

const CONTENT = Buffer.from('一\0\r\n');
const SUM = createHash('sha256').update(CONTENT).digest('hex');
const LOGIN = `Basic ${Buffer.from('me:p"a\\ss').toString('base64')}`;

for (const tool of ['curl', 'wget', "busybox's wget"] as const) {
  describe(`get_url by ${tool}`, function () {
    this.timeout(20_000);
    let real: RealNode;
    let server: http.Server;
    let base: string;
    let asked: http.IncomingHttpHeaders[];
    const at = (name: string): string => real.at(name);

    before(async () => {
      real = await (tool === 'curl'
        ? openRealNode()
        : openRealNode('busybox', tool === 'wget' ? ['/usr/bin/wget'] : []));
      server = http.createServer((request, response) => {
        asked.push(request.headers);
        const { url = '' } = request;
        const closed = url.startsWith('/closed') && request.headers.authorization !== LOGIN;
        if (closed) response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
        else if (url === '/moved') response.writeHead(302, { location: '/a' }).end();
        else if (url === '/sums') response.end(`${'0'.repeat(64)}  b\n${SUM} *a\n`);
        else if (url === '/none') response.writeHead(404).end();
        else response.end(CONTENT);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      await mkdir(at('d'));
    });
    beforeEach(() => {
      asked = [];
    });
    after(async () => {
      server.close();
      await real.close();
    });

    it('fetches a file, keeps what is there, and replaces what differs', async () => {
      const url = `${base}/a%20b%E6%B0%B4?x=1#y`;
      expect(await real.use('get_url', { url, dest: at('d'), mode: '0640' })).to.include({
        checksum: SUM,
        mode: '0640',
      });
      const path = at('d/a b水');
      expect((await readFile(path)).equals(CONTENT)).to.equal(true);
      await writeFile(path, 'other');
      expect(await real.look('get_url', { url, dest: path })).to.deep.equal([]);
      expect(asked).to.have.length(1);
      const { backup_file } = await real.use('get_url', { url, dest: path, force: true, backup: true });
      expect(await readFile(String(backup_file), 'utf8')).to.equal('other');
      expect((await stat(path)).mode & 0o7777).to.equal(0o640);
      await real.use('get_url', { url: `${base}/moved`, dest: at('moved') });
      expect((await readFile(at('moved'))).equals(CONTENT)).to.equal(true);
    });

    it('compares with a checksum, given or listed, and leaves what is there where it is wrong', async () => {
      await writeFile(at('sum'), 'old');
      const given = { url: `${base}/a`, dest: at('sum') };
      const error = await real.failure('get_url', { ...given, checksum: `sha256:${'0'.repeat(64)}` });
      expect(error.failure.hint).to.include(SUM);
      expect(await readFile(at('sum'), 'utf8')).to.equal('old');
      await real.use('get_url', { ...given, checksum: `sha256:${base}/sums` });
      await chmod(at('sum'), 0o600);
      await real.use('get_url', { ...given, checksum: `SHA256:${SUM.toUpperCase()}`, mode: 'u=rw,go=r' });
      expect(
        (await real.failure('get_url', { ...given, url: `${base}/none`, dest: at('none') })).message,
      ).to.match(/404/);
      expect(
        (await readdir(real.folder)).filter((name) => name.startsWith('.oms-play') || name === 'none'),
      ).to.deep.equal([]);
    });

    it('sends headers, user and password, which nobody sees', async () => {
      const given = {
        url: `${base}/closed/x`,
        dest: at('closed'),
        headers: { 'X-Token': 'a "b" \\c', 'X-N': 7 },
        url_username: 'me',
        url_password: 'p"a\\ss',
      };
      if (tool === "busybox's wget") {
        expect((await real.failure('get_url', given)).message).to.match(/would show/);
        return;
      }
      await real.use('get_url', given);
      expect(asked[0]).to.include({
        'x-token': 'a "b" \\c',
        'x-n': '7',
        authorization: LOGIN,
        'user-agent': 'oms-play',
      });
      const wrong = await real.failure('get_url', { ...given, dest: at('wrong'), url_password: 'no' });
      expect(wrong.message).to.match(/401|failed/i);
      expect(JSON.stringify(wrong.failure)).to.not.include('p"a');
    });
  });
}

describe('get_url: lists of checksums', () => {
  const sum = 'ab'.repeat(32);
  for (const [line, found] of [
    [`${sum}  ./a`, sum],
    [`${sum.toUpperCase()} *a\r`, sum],
    [`SHA256 (a) = ${sum}`, sum],
    [sum, sum],
    [`${sum}  b`, undefined],
    ['<html>', undefined],
  ] as const) {
    it(JSON.stringify(line), () => expect(sumIn(`# of today\n${line}\n`, 'a')).to.equal(found));
  }
});
