import * as z from 'zod';
import type { Change } from '../../model/result.ts';
import { sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { accountName } from '../accounts/names.ts';
import { Lines } from '../answer-lines.ts';
import { defineModule, ModuleError } from '../define.ts';
import type { Step } from '../steps.ts';
import { labelled, queryTool, runSteps } from '../steps.ts';

const args = z.strictObject({
  name: accountName.describe('Name of the group.'),
  state: z.enum(['present', 'absent']).default('present').describe('Whether the group is to be there.'),
  gid: z.int().min(0).optional().describe('Its number.'),
  non_unique: z.boolean().default(false).describe('Whether gid may be the number of another group too.'),
  system: z.boolean().default(false).describe('Whether a new group gets a number of the system’s range.'),
});

type Args = z.output<typeof args>;

const returns = z.strictObject({
  name: z.string().describe('The name.'),
  state: z.enum(['present', 'absent']).describe('Whether it is there.'),
  gid: z.int().optional().describe('Its number.'),
  system: z.boolean().describe('The argument.'),
});

/** Groups of users. */
export const module = defineModule({
  name: 'group',
  summary: 'A group of users, there or not',
  args,
  returns,
  inOrder: true,
  notes: [
    'Not here: local (luseradd and its family), force, gid_min and gid_max. Where the node has no groupadd, ' +
      'the addgroup and delgroup of busybox do it.',
  ],
  examples: `- group: { name: oms, gid: 1500 }
`,
  async check(node, given) {
    const now = await lookAt(node, given);
    const { changes, steps } = given.state === 'absent' ? gone(given, now) : there(given, now);
    return { changes, result: resultOf(given, now.gid), state: steps };
  },
  async apply(node, given, { state = [] }: { readonly state?: readonly Step[] }) {
    await runSteps(node, state);
    if (given.state === 'absent') return resultOf(given, undefined);
    return resultOf(given, (await lookAt(node, given)).gid);
  },
});

interface Now {
  readonly gid: number | undefined;
  /** The group that has the wanted number. */
  readonly owner: string | undefined;
  /** Users whose first group it is. */
  readonly users: readonly string[];
  readonly busybox: boolean;
}

async function lookAt(node: NodeReader, { name, gid }: Args): Promise<Now> {
  const script = sh`n=${name} i=${gid ?? '-'}
f() { getent group "$1" 2>/dev/null || awk -F: -v n="$1" '$1 == n || $3 == n' /etc/group; }
l=$(awk -F: -v n="$n" '$1 == n' /etc/group); [ "$l" ] || l=$(getent group "$n" 2>/dev/null)
echo "entry $l"
[ "$i" = - ] || f "$i" | sed 's/^/owner /'
g=\${l#*:*:}; g=\${g%%:*}
[ "$g" ] && awk -F: -v g="$g" '$4 == g { print "user " $1 }' /etc/passwd
command -v groupadd >/dev/null || echo busybox
true`;
  const done = await queryTool(node, labelled(script, `(group ${name})`));
  const lines = new Lines(done.stdout.toString('utf8'));
  const entry = lines.one('entry')?.split(':');
  return {
    gid: entry?.[2] === undefined ? undefined : Number(entry[2]),
    owner: lines.one('owner')?.split(':')[0],
    users: lines.all('user'),
    busybox: lines.has('busybox'),
  };
}

interface Plan {
  readonly changes: readonly Change[];
  readonly steps: readonly Step[];
}

function there(given: Args, now: Now): Plan {
  const { name, gid } = given;
  if (now.gid !== undefined && (gid === undefined || gid === now.gid)) return { changes: [], steps: [] };
  if (gid !== undefined && now.owner !== undefined && now.owner !== name && !given.non_unique) {
    throw new ModuleError({
      message: `gid ${gid} is the number of the group ${now.owner} already`,
      hint: 'Take another number, or set non_unique: true.',
    });
  }
  if (now.gid === undefined) {
    const summary = `absent → group${gid === undefined ? '' : ` ${gid}`}`;
    const failure = `could not make the group ${name}`;
    return { changes: [{ subject: name, summary }], steps: [{ command: addCommand(given, now), failure }] };
  }
  refuseBusybox(now);
  const unique = given.non_unique ? ['-o'] : [];
  const command = sh`groupmod ${['-g', gid ?? 0, ...unique, name]}`;
  const diff = { kind: 'values', rows: [{ name: 'gid', before: now.gid, after: gid ?? 0 }] } as const;
  return {
    changes: [{ subject: name, summary: `gid ${now.gid} → ${gid}`, diff }],
    steps: [{ command, failure: `could not change the group ${name}` }],
  };
}

function addCommand({ name, gid, non_unique, system }: Args, { busybox }: Now): Step['command'] {
  const number = gid === undefined ? [] : ['-g', gid];
  if (busybox) return sh`addgroup ${[...number, ...(system ? ['-S'] : []), name]}`;
  return sh`groupadd ${[...number, ...(non_unique ? ['-o'] : []), ...(system ? ['-r'] : []), name]}`;
}

function gone({ name }: Args, now: Now): Plan {
  if (now.gid === undefined) return { changes: [], steps: [] };
  if (now.users.length > 0) {
    throw new ModuleError({
      message: `the group ${name} cannot go: it is the first group of ${now.users.join(', ')}`,
      hint: 'Remove these users, or give them another group, before.',
    });
  }
  const tool = now.busybox ? 'delgroup' : 'groupdel';
  return {
    changes: [{ subject: name, summary: 'group → absent' }],
    steps: [{ command: sh`${tool} ${name}`, failure: `could not remove the group ${name}` }],
  };
}

function refuseBusybox({ busybox }: Now): void {
  if (!busybox) return;
  throw new ModuleError({
    message: 'the node has no groupmod, so the number of a group that is there cannot be changed',
    hint: 'Install the package shadow (Alpine) or passwd (Debian).',
  });
}

function resultOf({ name, system }: Args, gid: number | undefined): z.output<typeof returns> {
  const state = gid === undefined ? 'absent' : 'present';
  return { name, state, system, ...(gid === undefined ? {} : { gid }) };
}
