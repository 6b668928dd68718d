import * as z from 'zod';
import { anyData } from '../data.ts';
import { defineModule } from '../define.ts';

const data = z.record(z.string(), anyData);

/** Figures for the end of the run. */
export const module = defineModule({
  name: 'set_stats',
  summary: 'Say something at the end of the run',
  args: z.strictObject({
    data: data.describe('Names with their values.'),
    per_host: z.boolean().default(false).describe('Whether each node has its own, or the run as a whole.'),
    aggregate: z
      .boolean()
      .default(true)
      .describe(
        'Whether values are added to those that are there: numbers summed, texts and lists joined, maps merged. ' +
          'false: they take their place.',
      ),
  }),
  returns: z.strictObject({
    data: data.describe('The names with their values.'),
    per_host: z.boolean().describe('The argument.'),
    aggregate: z.boolean().describe('The argument.'),
  }),
  statistic: ({ data: figures, per_host, aggregate }) => ({
    data: figures,
    perNode: per_host,
    aggregate,
  }),
  notes: [
    'They stand above the recap, and as stats in the last of the JSON events. Without run_once each node of the play ' +
      'adds its own; with no_log nothing is said.',
  ],
  examples: `- set_stats: { data: { restarted: 1 } }
`,
  check: (_node, given) => Promise.resolve({ changes: [], result: given }),
  apply: () => Promise.reject(new Error('set_stats changes nothing')),
});
