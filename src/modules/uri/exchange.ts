import type { Data } from '../../model/data.ts';
import { ModuleError } from '../define.ts';
import type { NodeReader } from '../../transport/node.ts';
import { tail } from '../failure.ts';
import type { Request } from './request.ts';
import type { Answer } from './wire.ts';
import { AnswerError, roundTrip } from './wire.ts';

const MOST_REDIRECTS = 10;

export interface ExchangeResult {
  readonly status: number;
  readonly url: string;
  readonly msg: string;
  readonly headers: Record<string, string>;
  readonly content?: string;
  readonly json?: Data;
  readonly elapsed: number;
}

/** Sends the request, follows redirects, and refuses an answer with another status than expected. */
export async function exchange(
  node: NodeReader,
  request: Request,
  wanted: { readonly expected: readonly number[]; readonly returnContent: boolean },
): Promise<ExchangeResult> {
  const begin = performance.now();
  const elapsed = (): number => Math.round(performance.now() - begin) / 1000;
  try {
    const { answer, url } = await followed(node, request);
    const well = wanted.expected.includes(answer.status);
    const result = resultOf(answer, url, { withContent: wanted.returnContent || !well, elapsed: elapsed() });
    if (well) return result;
    throw unexpected(request, result, wanted.expected);
  } catch (error) {
    if (!(error instanceof AnswerError)) throw error;
    const message = `${request.method} ${request.url.href}: ${error.message}, seen from ${node.name}`;
    const result = { status: -1, url: request.url.href, msg: message, headers: {}, elapsed: elapsed() };
    throw new ModuleError({ message, ...(error.hint === undefined ? {} : { hint: error.hint }) }, result);
  }
}

async function followed(node: NodeReader, first: Request): Promise<{ answer: Answer; url: URL }> {
  let request = first;
  for (let redirects = 0; ; redirects++) {
    const answer = await roundTrip(node, request);
    const { location } = answer.headers;
    const redirected = [301, 302, 303, 307, 308].includes(answer.status) && location !== undefined;
    if (!redirected || !first.followRedirects) return { answer, url: request.url };
    if (redirects === MOST_REDIRECTS) throw new AnswerError(`more than ${MOST_REDIRECTS} redirects`);
    request = redirectedTo(request, location);
  }
}

function redirectedTo(request: Request, location: string): Request {
  const url = new URL(location, request.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new AnswerError(`it redirects to ${url.protocol}, which is not followed`);
  }
  url.username = '';
  url.password = '';
  if (url.origin === request.url.origin) return { ...request, url };
  // Another machine must not get what was meant for this one.
  const { authorization: _, cookie: __, host: ___, ...headers } = request.headers;
  return { ...request, url, headers };
}

function resultOf(
  answer: Answer,
  url: URL,
  more: { readonly withContent: boolean; readonly elapsed: number },
): ExchangeResult {
  const text = answer.body.toString('utf8');
  const json = (answer.headers['content-type'] ?? '').includes('json') ? parsedJson(text) : undefined;
  const headers = Object.entries(answer.headers).map(([name, value]) => [name.replaceAll('-', '_'), value]);
  return {
    status: answer.status,
    url: url.href,
    msg: `${answer.status} ${answer.reason} (${answer.body.length} bytes)`,
    headers: Object.fromEntries(headers) as Record<string, string>,
    ...(more.withContent ? { content: text } : {}),
    ...(json === undefined ? {} : { json }),
    elapsed: more.elapsed,
  };
}

function parsedJson(text: string): Data | undefined {
  try {
    return JSON.parse(text) as Data;
  } catch {
    return undefined;
  }
}

function unexpected(request: Request, result: ExchangeResult, expected: readonly number[]): ModuleError {
  const failure = {
    message: `${request.method} ${result.url} answered ${result.msg}; expected ${expected.join(' or ')}`,
    stdout: tail(result.content ?? ''),
  };
  return new ModuleError(failure, { ...result });
}
