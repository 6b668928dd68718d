import * as z from 'zod';
import { defineModule } from './define.ts';

/** Stands for the loop of a block among tasks; nobody can write it. */
export const blockLoop = defineModule({
  name: 'block',
  summary: 'Go through a block for each item',
  args: z.strictObject({}),
  returns: z.strictObject({}),
  check: () => Promise.resolve({ changes: [], result: {} }),
  apply: () => Promise.reject(new Error('a loop changes nothing')),
});
