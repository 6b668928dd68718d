import { sh } from '../../transport/command.ts';
import type { NodeReader, NodeWriter } from '../../transport/node.ts';
import { tryConnection } from '../connection.ts';
import { ModuleError } from '../define.ts';
import { commandError } from '../failure.ts';

const TIMEOUT_MS = 15_000;

// What can talk to a socket differs from node to node; the first that is there does.
const PERL = `$s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "$!\\n"; $| = 1; print {$s} <STDIN>; $s->flush; print while <$s>`;
const PYTHON = `import socket, sys
s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall(sys.stdin.buffer.read())
while True:
    data = s.recv(65536)
    if not data: break
    sys.stdout.buffer.write(data)`;

/** Asks haproxy something that changes nothing, and gives its answer. */
export function ask(node: NodeReader, socket: string, question: string): Promise<string> {
  return talk(node, socket, question, (command, options) => node.query(command, options));
}

/** Tells haproxy to do something; its answer to that is silence. Throws ModuleError with what it says instead. */
export async function tell(node: NodeWriter, socket: string, order: string): Promise<void> {
  const answer = await talk(node, socket, order, (command, options) => node.run(command, options));
  const said = answer.trim();
  if (said === '') return;
  const denied = /permission denied/i.test(said);
  throw new ModuleError({
    message: `haproxy at ${socket} of ${node.name} refuses "${order}": ${said}`,
    ...(denied ? { hint: 'the socket needs "level admin" in the configuration of haproxy' } : {}),
  });
}

type Send = NodeReader['query'];

async function talk(node: NodeReader, socket: string, text: string, send: Send): Promise<string> {
  if (!socket.startsWith('/')) return overTcp(node, socket, text);
  const whole = sh`s=${socket}
[ -S "$s" ] || exit 3
[ -w "$s" ] || exit 5
if command -v socat >/dev/null 2>&1; then exec socat -t 15 - "UNIX-CONNECT:$s"; fi
if command -v ncat >/dev/null 2>&1; then exec ncat -U "$s"; fi
if nc -h 2>&1 | grep -q '[-]\\{0,1\\}U'; then exec nc -U "$s"; fi
if command -v perl >/dev/null 2>&1; then exec perl -MIO::Socket::UNIX -e ${PERL} "$s"; fi
if command -v python3 >/dev/null 2>&1; then exec python3 -c ${PYTHON} "$s"; fi
exit 4`;
  // Shown as one would do it by hand.
  const command = { text: whole.text, shown: sh`echo ${text} | socat - ${`UNIX-CONNECT:${socket}`}`.shown };
  const done = await send(command, { stdin: `${text}\n`, timeoutMs: TIMEOUT_MS });
  if (done.exitCode === 0) return done.stdout.toString('utf8');
  const [message, hint] = TROUBLE[done.exitCode] ?? ['does not answer', 'see whether haproxy runs there'];
  throw commandError(`haproxy at ${socket} of ${node.name} ${message}`, command, done, { hint });
}

const TROUBLE: Readonly<Record<number, readonly [string, string]>> = {
  3: [
    'is not there',
    'haproxy makes it when its configuration has "stats socket PATH level admin" in global',
  ],
  4: ['cannot be talked to', 'install socat on the node; ncat, nc with -U, perl or python3 do as well'],
  5: [
    'may not be used',
    'set "become: true", or give the socket to the user in the configuration of haproxy',
  ],
};

async function overTcp(node: NodeReader, socket: string, text: string): Promise<string> {
  const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(socket) ?? [];
  const stream = await tryConnection(node, { host, port: Number(port), timeoutMs: TIMEOUT_MS });
  if (typeof stream === 'string') {
    throw new ModuleError({
      message: `haproxy at ${socket}, seen from ${node.name}, does not answer: ${stream}`,
      hint: 'it listens there when its configuration has "stats socket ADDRESS:PORT level admin" in global',
    });
  }
  const timer = setTimeout(
    () => stream.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)),
    TIMEOUT_MS,
  );
  try {
    stream.write(`${text}\n`);
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ModuleError({ message: `haproxy at ${socket}, seen from ${node.name}: ${why}` });
  } finally {
    clearTimeout(timer);
    stream.destroy();
  }
}
