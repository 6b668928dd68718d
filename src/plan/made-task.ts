import type { Inherited, Task } from '../model/playbook.ts';
import type { SourceMap } from '../model/source.ts';

const NOTHING: Inherited = {
  when: [],
  tags: [],
  become: undefined,
  becomeUser: undefined,
  delegateTo: undefined,
  runOnce: undefined,
  environment: [],
  noLog: undefined,
  checkMode: undefined,
  diff: undefined,
  ignoreErrors: undefined,
  ignoreUnreachable: undefined,
  timeout: undefined,
  anyErrorsFatal: undefined,
  throttle: undefined,
  limit: [],
  moduleDefaults: new Map(),
  vars: undefined,
};

/** A task that nobody wrote: `at` is what it stands for. */
export function madeTask(
  own: Pick<Task, 'name' | 'module' | 'at'> & Partial<Task>,
  keywords: Partial<Inherited> = {},
): Task {
  const args: SourceMap = { kind: 'map', entries: [], at: own.at };
  return {
    kind: 'task',
    keywords: { ...NOTHING, ...keywords },
    moduleAt: own.at,
    args,
    sync: undefined,
    moreArgs: undefined,
    loop: undefined,
    loopControl: undefined,
    register: undefined,
    until: [],
    retries: undefined,
    delay: undefined,
    changedWhen: undefined,
    failedWhen: undefined,
    listen: [],
    ...own,
  };
}
