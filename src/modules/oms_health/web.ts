import type { NodeReader } from '../../transport/node.ts';
import { AnswerError, roundTrip } from '../uri/wire.ts';
import type { Answer } from '../uri/wire.ts';
import type { Finding } from './args.ts';

const ANSWER_MS = 5000;
const LONGEST_REASON = 120;

export interface Place {
  readonly host: string;
  readonly port: number;
}

type Scheme = 'http' | 'https';

/** Looks at a console again and again; once it is known how it is served, it is asked that way first. */
export function consoleLook(node: NodeReader, place: Place, scheme: Scheme | 'auto'): () => Promise<Finding> {
  let known: Scheme = scheme === 'auto' ? 'http' : scheme;
  return async () => {
    let look = await askHealth(node, place, known);
    if (scheme === 'auto' && look.otherScheme) {
      const other = known === 'http' ? 'https' : 'http';
      look = await askHealth(node, place, other);
      if (!look.otherScheme) known = other;
    }
    return look.finding;
  };
}

/** A CM answers when anything speaks HTTP there without complaining about itself. */
export async function lookAtCm(node: NodeReader, place: Place): Promise<Finding> {
  const hint = 'Check that the VIP maps 8088 to the nodes of the region, and oms_drc_cm on them.';
  const answer = await ask(node, place, { scheme: 'http', path: '/' });
  if (typeof answer === 'string') return { well: false, state: answer, hint };
  const state = `answers ${answer.status}`;
  return answer.status < 500 ? { well: true, state } : { well: false, state, hint };
}

interface HealthLook {
  readonly finding: Finding;
  /** What came looks as if the other of http and https is spoken there. */
  readonly otherScheme: boolean;
}

async function askHealth(node: NodeReader, place: Place, scheme: Scheme): Promise<HealthLook> {
  const answer = await ask(node, place, { scheme, path: '/oms/health' });
  const hint = 'See ghana/Ghana/common-error.log and tengine-error.log in the logs folder.';
  if (typeof answer === 'string') {
    const state = `${scheme}: ${answer}`;
    return { finding: { well: false, state, hint }, otherScheme: !answer.startsWith('no connection') };
  }
  const body = parse(answer.body);
  if (body?.data?.healthy === true) {
    return { finding: { well: true, state: `healthy (${scheme})` }, otherScheme: false };
  }
  const reason =
    typeof body?.data?.reason === 'string' ? `: ${body.data.reason.slice(0, LONGEST_REASON)}` : '';
  const words = body?.data?.healthy === false ? 'not healthy' : 'no word of health';
  const state = `answers ${answer.status}, ${words}${reason}`;
  return { finding: { well: false, state, hint }, otherScheme: answer.status === 400 && body === undefined };
}

interface HealthBody {
  readonly data?: { readonly healthy?: unknown; readonly reason?: unknown } | null;
}

function parse(body: Buffer): HealthBody | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

async function ask(
  node: NodeReader,
  { host, port }: Place,
  what: { readonly scheme: Scheme; readonly path: string },
): Promise<Answer | string> {
  const authority = host.includes(':') ? `[${host}]` : host;
  try {
    return await roundTrip(node, {
      url: new URL(`${what.scheme}://${authority}:${port}${what.path}`),
      method: 'GET',
      headers: { 'user-agent': 'oms-play', accept: 'application/json', connection: 'close' },
      body: undefined,
      // Whether the certificate is right is x509_certificate_info's matter.
      validateCerts: false,
      ca: undefined,
      followRedirects: false,
      timeoutMs: ANSWER_MS,
    });
  } catch (error) {
    if (error instanceof AnswerError) return error.message;
    throw error;
  }
}
