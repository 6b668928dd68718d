import { problem } from '../diagnostics/diagnostic.ts';
import type { Task } from '../model/playbook.ts';
import type { SourceEntry } from '../model/source.ts';
import { asNumber, isTemplate } from './shape.ts';
import type { Fields, Report } from './shape.ts';

/** `async` and `poll` of a task: numbers of seconds, or templates of such; undefined: it is waited for as usual. */
export function backgroundOf(fields: Fields, report: Report): Task['background'] {
  const [async, poll] = [fields.get('async'), fields.get('poll')];
  if (async === undefined) {
    if (poll !== undefined) {
      const detail =
        '"poll" says how often the command of "async" is looked at: give async (seconds) as well.';
      report(problem('missing-key', poll.keyAt, 'missing key', detail));
    }
    return undefined;
  }
  const well = [async, ...(poll === undefined ? [] : [poll])].every((entry) => isSeconds(entry, report));
  // `async: 0` is Ansible's word for none.
  const none = async.value.kind === 'scalar' && async.value.value === 0;
  if (!well || none) return undefined;
  return { at: async.keyAt, seconds: async.value, ...(poll === undefined ? {} : { poll: poll.value }) };
}

function isSeconds({ key, value }: SourceEntry, report: Report): boolean {
  if (isTemplate(value)) return true;
  return asNumber(value, `"${key}" (seconds)`, { min: 0, fraction: true }, report) !== undefined;
}
