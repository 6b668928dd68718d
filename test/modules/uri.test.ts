import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type net from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { ModuleError } from '../../src/modules/define.ts';
import { module as uri } from '../../src/modules/uri/index.ts';
import { createNode } from '../../src/transport/remote-node.ts';
import { openHere } from './here.ts';

const tls = join(import.meta.dirname, '..', 'fixtures', 'modules', 'tls');

describe('uri over real sockets', () => {
  const link = openHere();
  const node = createNode({ name: 'here', address: '127.0.0.1', link: () => Promise.resolve(link) });
  const servers: net.Server[] = [];
  let secure: number;
  let plain: number;

  before(async () => {
    const options = { key: readFileSync(join(tls, 'key.pem')), cert: readFileSync(join(tls, 'cert.pem')) };
    secure = await listen(https.createServer(options, (_, response) => response.end('{"secure":true}')));
    plain = await listen(
      http.createServer((request, response) => {
        if (request.url === '/never') return;
        if (request.url === '/half') {
          response.writeHead(200, { 'content-length': 100 }).write('half');
          setTimeout(() => response.destroy(), 20);
          return;
        }
        request.pipe(response);
      }),
    );
  });

  after(async () => {
    for (const server of servers) {
      if (server instanceof http.Server || server instanceof https.Server) server.closeAllConnections();
      server.close();
    }
    await link.close();
  });

  async function listen(server: net.Server): Promise<number> {
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  async function ask(given: Record<string, unknown>): Promise<Record<string, unknown>> {
    const args = uri.args.parse(given);
    const found = await uri.check(node, args);
    return (found.changes.length > 0 ? await uri.apply(node, args, found) : found.result) as Record<
      string,
      unknown
    >;
  }

  async function failure(given: Record<string, unknown>): Promise<ModuleError> {
    const error: unknown = await ask(given).then(() => undefined, (reason: unknown) => reason); // prettier-ignore
    if (error instanceof ModuleError) return error;
    throw new Error('it did not fail');
  }

  it('refuses a certificate that nobody vouches for, and says how to mend it', async () => {
    const error = await failure({ url: `https://127.0.0.1:${secure}/` });
    expect(error.failure.message).to.include('its certificate is not accepted: self-signed certificate');
    expect(error.failure.hint).to.include('ca_path');
    expect(error.result).to.include({ status: -1 });
  });

  it('accepts it by ca_path, by name and by address, and unchecked', async () => {
    const ca_path = join(tls, 'cert.pem');
    for (const host of ['127.0.0.1', 'localhost']) {
      const result = await ask({ url: `https://${host}:${secure}/`, ca_path, return_content: true });
      expect(result).to.include({ status: 200, content: '{"secure":true}' });
    }
    expect(await ask({ url: `https://127.0.0.1:${secure}/`, validate_certs: false })).to.include({
      status: 200,
    });
  });

  it('sends a large body and gets it back unchanged', async () => {
    const body = '水'.repeat(200_000);
    const result = await ask({
      url: `http://127.0.0.1:${plain}/echo`,
      method: 'POST',
      body,
      return_content: true,
    });
    expect(result['content']).to.equal(body);
  });

  it('ends a request that gets no answer in time', async () => {
    const error = await failure({ url: `http://127.0.0.1:${plain}/never`, timeout: 0.1 });
    expect(error.failure.message).to.include('no answer within 0.1 s');
  });

  it('does not take half an answer for a whole one', async () => {
    const error = await failure({ url: `http://127.0.0.1:${plain}/half` });
    expect(error.failure.message).to.match(/aborted|hang up|terminated/);
  });

  it('says that nobody speaks TLS there', async () => {
    const error = await failure({ url: `https://127.0.0.1:${plain}/`, timeout: 2 });
    expect(error.failure.message).to.match(/wrong version number|SSL/);
  });

  it('says that nobody listens', async () => {
    const error = await failure({ url: 'http://127.0.0.1:9/' });
    expect(error.failure.message).to.match(/no connection .*ECONNREFUSED.*seen from here/);
  });
});
