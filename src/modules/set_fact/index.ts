import * as z from 'zod';
import type { Data } from '../../model/data.ts';
import { factMaps } from '../../model/facts.ts';
import { magicNames } from '../../model/magic.ts';
import { anyData } from '../data.ts';
import { defineModule, ModuleError } from '../define.ts';

/** Words of CEL and Handlebars that no variable can have. */
const WORDS = new Set([
  'as',
  'bool',
  'break',
  'bytes',
  'const',
  'continue',
  'double',
  'else',
  'false',
  'for',
  'function',
  'if',
  'import',
  'in',
  'int',
  'let',
  'list',
  'loop',
  'map',
  'namespace',
  'null',
  'package',
  'return',
  'string',
  'this',
  'true',
  'type',
  'uint',
  'var',
  'void',
  'while',
]);

/** Variables of the node, from here on. */
export const module = defineModule({
  name: 'set_fact',
  summary: 'Set variables of the node for the rest of the run',
  args: z
    .looseObject({ cacheable: z.boolean().optional().describe('Taken for Ansible’s sake; has no effect.') })
    .describe('Every other key is the name of a variable.'),
  returns: z.strictObject({
    facts: z.record(z.string(), anyData).describe('The variables with their values.'),
  }),
  definesFacts: true,
  examples: `- set_fact:
    oms_container: "oms_{{oms_version}}"
`,
  check(_node, { cacheable: _, ...given }) {
    const facts = given as Record<string, Data>;
    const names = Object.keys(facts);
    if (names.length === 0) return Promise.reject(new ModuleError({ message: 'set_fact names no variable' }));
    for (const name of names) {
      const why = whyNoVariable(name);
      if (why !== undefined)
        return Promise.reject(new ModuleError({ message: `"${name}" cannot be set: ${why}` }));
    }
    return Promise.resolve({ changes: [], result: { facts } });
  },
  apply: () => Promise.reject(new Error('set_fact changes nothing')),
});

/** Why a variable cannot have this name; undefined: it can. */
export function whyNoVariable(name: string): string | undefined {
  if (!/^[A-Za-z_]\w*$/.test(name))
    return 'a name has letters, digits and _, and does not begin with a digit';
  if (magicNames.includes(name) || factMaps.includes(name)) return 'oms-play itself gives it its value';
  return WORDS.has(name) ? 'it is a word of the expression language' : undefined;
}
