import * as z from 'zod';
import type { Data } from '../../model/data.ts';
import { anyData, textOf } from '../data.ts';
import { defineModule, ModuleError } from '../define.ts';

/** Words or a value for the reader of the run. */
export const module = defineModule({
  name: 'debug',
  summary: 'Show a message or a value',
  args: z.strictObject({
    msg: anyData.optional().describe('What is shown: text, or any value.'),
    var: z
      .strictObject({ text: z.string(), value: anyData })
      .optional()
      .describe('Name of a variable, or an expression in CEL, whose value is shown.'),
    verbosity: z
      .int()
      .min(0)
      .default(0)
      .describe('Above 0 it is not shown by itself, only with the results (-v).'),
  }),
  returns: z.record(z.string(), anyData).describe('msg, or the expression with its value.'),
  inputs: { var: 'expression' },
  examples: `- debug: { msg: "region {{cm_region}}, console {{cm_url}}" }

- debug: { var: health.json }
`,
  check(_node, { msg, var: expression, verbosity }) {
    if (msg !== undefined && expression !== undefined) {
      return Promise.reject(
        new ModuleError({ message: 'both msg and var are given', hint: 'Give one of them.' }),
      );
    }
    const result: Record<string, Data> =
      expression === undefined ? { msg: msg ?? 'Hello world!' } : { [expression.text]: expression.value };
    const message =
      expression === undefined
        ? textOf(msg ?? 'Hello world!', 2)
        : `${expression.text}: ${textOf(expression.value, 2)}`;
    return Promise.resolve({ changes: [], result, ...(verbosity > 0 ? {} : { message }) });
  },
  apply: () => Promise.reject(new Error('debug changes nothing')),
});
