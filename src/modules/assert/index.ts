import * as z from 'zod';
import { defineModule, ModuleError } from '../define.ts';

const condition = z.strictObject({ text: z.string(), holds: z.boolean(), message: z.string().optional() });

/** Conditions that must hold. */
export const module = defineModule({
  name: 'assert',
  summary: 'Fail unless conditions hold',
  args: z.strictObject({
    that: z
      .array(condition)
      .describe(
        'Conditions in CEL, one or a list; each may be a map of that and msg, with a message of its own.',
      ),
    fail_msg: z.string().optional().describe('What is said when one does not hold.'),
    msg: z.string().optional().describe('Another name of fail_msg.'),
    success_msg: z.string().default('All assertions passed').describe('What is said when all hold.'),
    quiet: z.boolean().default(false).describe('Whether nothing is said when all hold.'),
  }),
  returns: z.strictObject({
    msg: z.string().describe('What was said.'),
    assertion: z.string().optional().describe('The first condition that does not hold.'),
    evaluated_to: z.boolean().optional().describe('Its value.'),
  }),
  inputs: { that: 'conditions' },
  examples: `- assert:
    that:
      - cm_location >= 0 && cm_location <= 127
      - { that: size(region_nodes) > 1, msg: "{{region}} has one node only" }
    fail_msg: cm_location is between 0 and 127, not {{cm_location}}
`,
  check(_node, { that, fail_msg, msg, success_msg, quiet }) {
    const broken = that.filter((c) => !c.holds);
    const first = broken[0];
    if (first === undefined) {
      return Promise.resolve({
        changes: [],
        result: { msg: success_msg },
        ...(quiet ? {} : { message: success_msg }),
      });
    }
    const general = fail_msg ?? msg ?? 'Assertion failed';
    const said = [...new Set(broken.map((c) => c.message ?? general))].join('; ');
    const hint = `Does not hold: ${broken.map((c) => c.text).join(' ; ')}`;
    const result = { msg: said, assertion: first.text, evaluated_to: false };
    return Promise.reject(new ModuleError({ message: said, hint }, result));
  },
  apply: () => Promise.reject(new Error('assert changes nothing')),
});
