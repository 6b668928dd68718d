import { sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { Lines } from '../answer-lines.ts';
import { ModuleError } from '../define.ts';
import { labelled, queryTool } from '../steps.ts';

export interface PortLook {
  readonly host: string;
  readonly port: number;
  readonly timeout: number;
}

export interface PortSeen {
  readonly state: 'open' | 'closed';
  readonly reason: string;
  readonly tool: string;
}

const PYTHON =
  'import socket,sys\ns=socket.create_connection((sys.argv[1],int(sys.argv[2])),float(sys.argv[3]))\ns.close()';

/** What timeout ends a command with. */
const TIMED_OUT = 124;

/** Tries to connect, with the first tool of the node that can. Throws ModuleError when nothing can be told. */
export async function lookAtPort(node: NodeReader, { host, port, timeout }: PortLook): Promise<PortSeen> {
  const seconds = Math.max(1, Math.ceil(timeout));
  const script = sh`h=${host} p=${port} t=${timeout} c=${seconds}
has() { command -v "$1" >/dev/null 2>&1; }
done_() { echo "tool $1"; echo "code $2"; printf '%s\n' "$3" | sed 's/^/said /'; exit 0; }
if has bash && has timeout; then
  o=$(timeout "$c" bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$h" "$p" 2>&1 </dev/null); done_ bash $? "$o"
fi
for y in python3 python; do
  if has $y; then o=$($y -c ${PYTHON} "$h" "$p" "$t" 2>&1 </dev/null); done_ python $? "$o"; fi
done
if has nc; then
  # Where nc has no -z, busybox's runs a program once it is connected.
  for e in '-z' '-e true'; do
    if [ "$e" = -z ]; then o=$(nc -z -w "$c" "$h" "$p" 2>&1 </dev/null); else o=$(nc -w "$c" "$h" "$p" $e 2>&1 </dev/null); fi
    r=$?
    case $o in *nvalid*|*sage:*|*nrecognized*) ;; *) done_ nc $r "$o" ;; esac
  done
fi
if has curl; then
  o=$(curl -sv --connect-timeout "$t" --max-time "$c" "telnet://$h:$p" 2>&1 </dev/null); done_ curl $? "$o"
fi
echo none`;
  const done = await queryTool(node, labelled(script, `(port ${port} of ${host})`));
  const lines = new Lines(done.stdout.toString('utf8'));
  const tool = lines.one('tool');
  if (tool === undefined) {
    throw new ModuleError({
      message: `${node.name} has nothing to try a port with`,
      hint: 'It needs bash with timeout, python3, nc or curl. wait_for connects through SSH instead.',
    });
  }
  return seenBy(tool, Number(lines.one('code')), {
    said: lines.all('said').join('\n'),
    host,
    node: node.name,
    timeout,
  });
}

function seenBy(
  tool: string,
  code: number,
  { said, host, node, timeout }: { said: string; host: string; node: string; timeout: number },
): PortSeen {
  if (code === 0 || /Connected to /.test(said)) return { state: 'open', reason: '', tool };
  if (
    /not known|Name does not resolve|Temporary failure in name|Could not resolve|gaierror|bad address/i.test(
      said,
    )
  ) {
    throw new ModuleError({ message: `${node} does not know the host ${host}`, stderr: said });
  }
  // nc without a word has met the end of its time; 7 and 28 are curl's codes.
  const late =
    code === TIMED_OUT || /timed? ?out/i.test(said) || (tool === 'curl' && code === 28) || said === '';
  const reason = /refused/i.test(said)
    ? 'refused'
    : /no route|unreachable/i.test(said)
      ? 'no route'
      : late
        ? `no answer within ${timeout} s`
        : undefined;
  if (reason !== undefined) return { state: 'closed', reason, tool };
  throw new ModuleError({
    message: `${tool} on ${node} could not try the port`,
    exitCode: code,
    stderr: said,
  });
}
