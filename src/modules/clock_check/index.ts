import * as z from 'zod';
import type { NodeReader } from '../../transport/node.ts';
import { defineModule, ModuleError } from '../define.ts';
import { readAnswer } from '../setup/answer.ts';
import { dateTime } from '../setup/groups/time.ts';
import { factScript } from '../setup/script.ts';

const LOOKS = 3;

const args = z.strictObject({
  max_offset: z.number().min(0).default(1).describe('Seconds that the clocks may differ.'),
  with: z
    .custom<NodeReader>((value) => typeof value === 'object' && value !== null, {
      error: 'must be the name of a node',
    })
    .optional()
    .describe('Node whose clock it is compared with. Without it: the controller’s.')
    .meta({ type: 'string' }),
});

const returns = z.strictObject({
  offset: z.number().describe('Seconds that the node’s clock is ahead; negative: behind.'),
  precision: z.number().describe('Seconds by which that may be wrong.'),
  max_offset: z.number().describe('The argument.'),
  with: z.string().describe('Whose clock it was compared with.'),
});

/** The clock of a node. */
export const module = defineModule({
  name: 'clock_check',
  summary: 'See whether the clock of the node is right',
  args,
  returns,
  inputs: { with: 'node' },
  beyondNode: true,
  notes: [
    'The node is asked several times; the quickest answer counts, and half of the way there and back is what may be ' +
      'wrong about it. It fails only when the clocks differ by more even so. The fact oms_facts.clock has the same figures.',
  ],
  examples: `- clock_check: { max_offset: 0.5 }

- name: No further from the first node than OMS bears
  clock_check: { with: "{{groups.all.[0]}}", max_offset: 2 }
`,
  async check(node, { max_offset, with: other }) {
    const [mine, theirs] = await Promise.all([clockOf(node), other === undefined ? EXACT : clockOf(other)]);
    const name = other?.name ?? 'the controller';
    const result = {
      offset: rounded(mine.offset - theirs.offset),
      precision: rounded(mine.precision + theirs.precision),
      max_offset,
      with: name,
    };
    const figures = `${inWords(result.offset)} ${name}’s (± ${result.precision} s)`;
    if (Math.abs(result.offset) - result.precision > max_offset) {
      throw new ModuleError(
        {
          message: `the clock of ${node.name} is ${figures}; ${max_offset} s are allowed`,
          hint: 'Does a time service run on both, chronyd or ntpd, and does it reach its servers?',
        },
        result,
      );
    }
    const vague = result.precision > max_offset;
    const warning = `the clock of ${node.name} can be told no better than to ± ${result.precision} s, and ${max_offset} s are asked for`;
    return { changes: [], result, ...(vague ? { warnings: [warning] } : {}) };
  },
  apply: () => Promise.reject(new Error('clock_check changes nothing')),
});

interface Clock {
  readonly offset: number;
  readonly precision: number;
}

const EXACT: Clock = { offset: 0, precision: 0 };

/** The best of several looks. */
async function clockOf(node: NodeReader): Promise<Clock> {
  let best: Clock | undefined;
  for (let i = 0; i < LOOKS; i++) {
    const clock = await lookOnce(node);
    if (best === undefined || clock.precision < best.precision) best = clock;
  }
  return best ?? EXACT;
}

async function lookOnce(node: NodeReader): Promise<Clock> {
  let asked = Date.now();
  const command = factScript([dateTime], { timeoutSeconds: 10, factPath: '/' });
  const done = await node.query(command, { onSent: () => void (asked = Date.now()) });
  const moment = { asked, answered: Date.now() };
  const answer = readAnswer(done.stdout.toString('utf8'));
  const clock = answer === undefined ? undefined : dateTime.read(answer, moment).own?.['clock'];
  const { offset, precision } = (clock ?? {}) as Partial<Clock>;
  if (offset !== undefined && precision !== undefined) return { offset, precision };
  throw new ModuleError({
    message: `${node.name} does not tell the time`,
    stderr: done.stderr.toString('utf8').trim(),
  });
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

function inWords(offset: number): string {
  return offset < 0 ? `${-offset} s behind` : `${offset} s ahead of`;
}
