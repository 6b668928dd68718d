import * as z from 'zod';
import { anyData } from '../data.ts';
import { defineModule, ModuleError } from '../define.ts';
import { validateArguments } from './validate.ts';

/** Runs by itself before each role that has argument_specs. */
export const module = defineModule({
  name: 'validate_argument_spec',
  summary: 'Check values against a specification of arguments',
  args: z.strictObject({
    argument_spec: z
      .record(z.string(), z.looseObject({}))
      .describe('By name: type, required, choices, elements, options; as in meta/argument_specs.yml.'),
    provided_arguments: z
      .record(z.string(), anyData)
      .default({})
      .describe('The values; an argument that is not among them is missing.'),
  }),
  returns: z.strictObject({
    argument_errors: z.array(z.string()).describe('What is wrong, when it fails.'),
    msg: z.string().describe('A sentence.'),
  }),
  notes: ['A role with meta/argument_specs.yml is checked before its first task by itself.'],
  examples: `- validate_argument_spec:
    argument_spec:
      pool: { type: str, required: true, choices: [oms, vip] }
      ports: { type: list, elements: int }
    provided_arguments:
      pool: "{{pool}}"
      ports: "{{ports}}"
`,
  check(_node, { argument_spec: specs, provided_arguments: given }) {
    const wrong = validateArguments(specs, given);
    if (wrong.length === 0) {
      const result = { argument_errors: [], msg: 'The arguments are as they should be.' };
      return Promise.resolve({ changes: [], result });
    }
    const message = `Validation of arguments failed:\n${wrong.map((line) => `  ${line}`).join('\n')}`;
    return Promise.reject(new ModuleError({ message }, { argument_errors: [...wrong] }));
  },
  apply: () => Promise.reject(new Error('validate_argument_spec changes nothing')),
});
