import { readFile } from 'node:fs/promises';
import type * as z from 'zod';
import type { Data } from '../../model/data.ts';
import { isDataMap } from '../../model/data.ts';
import { textOf } from '../data.ts';
import { ModuleError } from '../define.ts';
import type { uriArgs } from './args.ts';

/** A request, everything resolved. */
export interface Request {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  readonly validateCerts: boolean;
  readonly ca: Buffer | undefined;
  readonly followRedirects: boolean;
  readonly timeoutMs: number;
}

/** The request that the arguments describe. */
export async function requestOf(given: z.output<typeof uriArgs>): Promise<Request> {
  const url = parsed(given.url);
  const body = given.body === undefined ? undefined : Buffer.from(bodyText(given.body, given.body_format));
  const credentials = credentialsOf(given, url);
  url.username = '';
  url.password = '';
  return {
    url,
    method: given.method,
    headers: headersOf(given, credentials, body),
    body,
    validateCerts: given.validate_certs,
    ca: given.ca_path === undefined ? undefined : await readFile(given.ca_path),
    followRedirects: given.follow_redirects === 'safe' && (given.method === 'GET' || given.method === 'HEAD'),
    timeoutMs: given.timeout * 1000,
  };
}

function parsed(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw new ModuleError({ message: `not an address: ${withoutLogin(url)}` });
  }
}

/** The address as it may be shown. */
export function withoutLogin(url: string): string {
  return url.replace(/^(https?:\/\/)[^/?#]*@/i, '$1');
}

function credentialsOf(given: z.output<typeof uriArgs>, url: URL): string | undefined {
  const user = given.url_username ?? decodeURIComponent(url.username);
  const password = given.url_password ?? decodeURIComponent(url.password);
  return user === '' ? undefined : Buffer.from(`${user}:${password}`).toString('base64');
}

function headersOf(
  given: z.output<typeof uriArgs>,
  credentials: string | undefined,
  body: Buffer | undefined,
): Record<string, string> {
  const types = { json: 'application/json', 'form-urlencoded': 'application/x-www-form-urlencoded' };
  const type = given.body_format === 'raw' ? undefined : types[given.body_format];
  return {
    'user-agent': 'oms-play',
    accept: '*/*',
    'accept-encoding': 'identity',
    connection: 'close',
    ...(credentials === undefined ? {} : { authorization: `Basic ${credentials}` }),
    ...(body === undefined ? {} : { 'content-length': String(body.length) }),
    ...(body === undefined || type === undefined ? {} : { 'content-type': type }),
    ...Object.fromEntries(Object.entries(given.headers).map(([name, v]) => [name.toLowerCase(), String(v)])),
  };
}

function bodyText(body: Data, format: 'raw' | 'json' | 'form-urlencoded'): string {
  if (format !== 'form-urlencoded' || typeof body === 'string') return textOf(body);
  if (!isDataMap(body)) {
    throw new ModuleError({
      message: 'body_format form-urlencoded needs a map as body',
      hint: 'Or a ready text.',
    });
  }
  const pairs = Object.entries(body).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as readonly Data[]) : [value]).map((v): [string, string] => [
      name,
      textOf(v),
    ]),
  );
  return new URLSearchParams(pairs).toString();
}
