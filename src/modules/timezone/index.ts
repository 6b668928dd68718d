import * as z from 'zod';
import { sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { rowsInWords } from '../attributes.ts';
import { Lines } from '../answer-lines.ts';
import { oneOf } from '../aliases.ts';
import { defineModule, ModuleError } from '../define.ts';
import type { Step } from '../steps.ts';
import { labelled, queryTool, runSteps } from '../steps.ts';

const ZONES = '/usr/share/zoneinfo/';
const clock = z.enum(['UTC', 'local']);

const args = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z][\w+-]*(\/[\w+-]+)*$/, { error: 'not a name of a time zone, as in Asia/Shanghai' })
    .optional()
    .describe('Time zone, as in Asia/Shanghai. One of name and hwclock is required.'),
  hwclock: clock.optional().describe('Whether the hardware’s clock is set to UTC or to local time.'),
  rtc: clock.optional().describe('Another name of hwclock.'),
});

const returns = z.strictObject({
  name: z.string().optional().describe('The time zone, where it is known.'),
  hwclock: clock.optional().describe('What the hardware’s clock is set to.'),
});

interface Now {
  readonly zone: string | undefined;
  readonly clock: 'UTC' | 'local';
  readonly systemd: boolean;
  /** Lines of /etc/adjtime. */
  readonly adjtime: readonly string[];
  readonly hasTimezoneFile: boolean;
}

/** The node's time zone. */
export const module = defineModule({
  name: 'timezone',
  summary: 'The time zone of the node, and of its hardware clock',
  args,
  returns,
  inOrder: true,
  notes: [
    'timedatectl sets it where systemd runs; else /etc/localtime and, where it is there, /etc/timezone. Programs that ' +
      'run already keep the zone that they started with.',
  ],
  examples: `- timezone: { name: Asia/Shanghai }
`,
  async check(node, given) {
    const { name } = given;
    const hwclock = oneOf({ hwclock: given.hwclock, rtc: given.rtc });
    if (name === undefined && hwclock === undefined) {
      throw new ModuleError({ message: 'name is missing', hint: 'Give name, hwclock or both.' });
    }
    const now = await look(node, name);
    const rows = [
      ...(name === undefined || now.zone === name
        ? []
        : [{ name: 'time zone', before: now.zone ?? 'unknown', after: name }]),
      ...(hwclock === undefined || now.clock === hwclock
        ? []
        : [{ name: 'hardware clock', before: now.clock, after: hwclock }]),
    ];
    const steps = [
      ...(rows.some((row) => row.name === 'time zone') ? [zoneStep(name ?? '', now)] : []),
      ...(rows.some((row) => row.name === 'hardware clock') ? [clockStep(hwclock ?? 'UTC', now)] : []),
    ];
    const diff = { kind: 'values', rows } as const;
    const changes =
      rows.length === 0 ? [] : [{ subject: '/etc/localtime', summary: rowsInWords(rows), diff }];
    const result = { ...(now.zone === undefined ? {} : { name: now.zone }), hwclock: now.clock };
    return { changes, result, state: steps };
  },
  async apply(node, given, { state = [] }: { readonly state?: readonly Step[] }) {
    await runSteps(node, state);
    const now = await look(node, given.name);
    return { ...(now.zone === undefined ? {} : { name: now.zone }), hwclock: now.clock };
  },
});

async function look(node: NodeReader, wanted: string | undefined): Promise<Now> {
  const script = sh`d=${ZONES} z=${wanted ?? ''}
if [ "$z" ] && [ ! -f "$d$z" ]; then echo nozone; fi
[ -d /run/systemd/system ] && command -v timedatectl >/dev/null && echo systemd
l=$(readlink /etc/localtime 2>/dev/null); echo "link $l"
[ -f /etc/timezone ] && echo timezone && echo "file $(head -n 1 /etc/timezone)"
if [ "$z" ] && [ ! -L /etc/localtime ] && cmp -s /etc/localtime "$d$z"; then echo same; fi
[ -f /etc/adjtime ] && sed 's/^/adjtime /' /etc/adjtime
true`;
  const done = await queryTool(node, labelled(script, '(time zone)'));
  const lines = new Lines(done.stdout.toString('utf8'));
  if (lines.has('nozone')) {
    throw new ModuleError({
      message: `${node.name} knows no time zone ${wanted}: there is no ${ZONES}${wanted}`,
      hint: 'Is the package tzdata installed?',
    });
  }
  const [, linked] = /\/zoneinfo\/(.+)$/.exec(lines.one('link') ?? '') ?? [];
  const written = lines.one('file');
  const adjtime = lines.all('adjtime');
  return {
    zone: zoneOf(wanted, linked ?? (lines.has('same') ? wanted : undefined), written),
    clock: adjtime[2] === 'LOCAL' ? 'local' : 'UTC',
    systemd: lines.has('systemd'),
    adjtime,
    hasTimezoneFile: lines.has('timezone'),
  };
}

/** Two files say it: where the first one is right, the other has to be right as well. */
function zoneOf(
  wanted: string | undefined,
  local: string | undefined,
  written: string | undefined,
): string | undefined {
  return local === wanted ? (written ?? local) : (local ?? written);
}

function zoneStep(name: string, { systemd, hasTimezoneFile }: Now): Step {
  const failure = `could not set the time zone ${name}`;
  if (systemd) return { command: sh`timedatectl set-timezone ${name}`, failure };
  const link = sh`ln -s -- ${ZONES + name} /etc/.localtime.new && mv -f -- /etc/.localtime.new /etc/localtime`;
  const file = sh`printf '%s\n' ${name} > /etc/timezone`;
  const command = hasTimezoneFile
    ? sh`rm -f /etc/.localtime.new && ${link} && ${file}`
    : sh`rm -f /etc/.localtime.new && ${link}`;
  return { command, failure };
}

function clockStep(to: 'UTC' | 'local', { systemd, adjtime }: Now): Step {
  const failure = 'could not set what the hardware’s clock is set to';
  if (systemd) return { command: sh`timedatectl set-local-rtc ${to === 'local' ? 1 : 0}`, failure };
  const [first = '0.0 0 0.0', second = '0'] = adjtime;
  const text = [first, second, to === 'local' ? 'LOCAL' : 'UTC'];
  return { command: sh`printf '%s\n' ${text} > /etc/adjtime`, failure };
}
