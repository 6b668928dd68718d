import type { FactGroup } from '../group.ts';

/** The environment that the task's commands get. */
export const env: FactGroup = {
  name: 'env',
  facts: ['env'],
  fleeting: true,
  first: 's env;cat /proc/self/environ',
  read: (answer) => {
    const text = answer.section('env');
    if (text === undefined) return { facts: {} };
    const entries = text.split('\0').flatMap((entry): readonly (readonly [string, string])[] => {
      const equals = entry.indexOf('=');
      return equals <= 0 ? [] : [[entry.slice(0, equals), entry.slice(equals + 1)]];
    });
    return { facts: { env: Object.fromEntries(entries) } };
  },
};
