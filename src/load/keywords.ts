/** Where keywords stand. */
export type Scope = 'play' | 'role' | 'block' | 'task' | 'handler';

const EVERYWHERE: readonly Scope[] = ['play', 'role', 'block', 'task', 'handler'];
const BELOW_PLAY: readonly Scope[] = ['role', 'block', 'task', 'handler'];
const TASKS: readonly Scope[] = ['task', 'handler'];
const PLAY: readonly Scope[] = ['play'];

/** What a play says about the gathering of facts: arguments of the module setup. */
export const FACT_KEYWORDS: readonly string[] = ['gather_subset', 'gather_timeout', 'fact_path'];

/** The keywords that are understood and where. One of a later issue moves here from LATER. */
const KEYWORDS: Readonly<Record<string, readonly Scope[]>> = {
  ...same(
    ['vars', 'tags', 'become', 'become_user', 'environment', 'no_log', 'check_mode', 'diff'],
    EVERYWHERE,
  ),
  ...same(
    [
      'ignore_errors',
      'ignore_unreachable',
      'run_once',
      'timeout',
      'any_errors_fatal',
      'throttle',
      'module_defaults',
    ],
    EVERYWHERE,
  ),
  name: ['play', 'block', 'task', 'handler'],
  ...same(['when', 'delegate_to'], BELOW_PLAY),
  ...same(
    ['hosts', 'vars_files', 'roles', 'pre_tasks', 'tasks', 'post_tasks', 'handlers', 'gather_facts'],
    PLAY,
  ),
  ...same(FACT_KEYWORDS, PLAY),
  ...same(
    ['regions', 'order', 'serial', 'parallel', 'strategy', 'max_fail_percentage', 'force_handlers'],
    PLAY,
  ),
  role: ['role'],
  ...same(['block', 'rescue', 'always'], ['block']),
  ...same(
    [
      'args',
      'loop',
      'loop_control',
      'register',
      'until',
      'retries',
      'delay',
      'changed_when',
      'failed_when',
      'notify',
    ],
    TASKS,
  ),
  listen: ['handler'],
};

/** Keywords of Ansible's that are not understood yet, with what to write in the meantime. */
const LATER: Readonly<Record<string, string>> = {
  ...laterTasks(['include_role', 'import_role'], 'Name the role under roles.'),
  ...laterTasks(['include_tasks'], 'Write import_tasks with the name of the file.'),
  ...laterTasks(['import_tasks'], 'Write the handlers themselves.'),
  ...laterTasks(
    ['import_playbook', 'include'],
    'Name both playbooks on the command line: oms-play first.yml second.yml',
  ),
  async: 'Tasks wait for their command; set timeout for long ones.',
  poll: 'Tasks wait for their command; set timeout for long ones.',
  remote_user: 'Write ansible_user under vars.',
  connection: 'Write ansible_connection under vars.',
  port: 'Write ansible_port under vars.',
  become_method: 'sudo is always used.',
  become_flags: 'sudo is always used, without further flags.',
  become_exe: 'sudo is always used.',
  vars_prompt: 'Give the values with -e or in the inventory.',
  debugger: 'Run with -vvv to see more.',
  collections: 'Modules have no collections here; leave it out.',
  delegate_facts: 'Leave it out.',
  local_action: 'Write the module itself, and delegate_to: localhost.',
  action: 'Write the module itself as the key.',
  meta: 'Handlers run at the end of pre_tasks, tasks and post_tasks.',
};

function laterTasks(names: readonly string[], instead: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, instead]));
}

function same(names: readonly string[], scopes: readonly Scope[]): Record<string, readonly Scope[]> {
  return Object.fromEntries(names.map((name) => [name, scopes]));
}

/** Where a keyword may stand; undefined: it is none. */
export function scopesOf(key: string): readonly Scope[] | undefined {
  return Object.hasOwn(KEYWORDS, key) ? KEYWORDS[key] : undefined;
}

/** True for a keyword that may stand there. */
export function isKeyword(key: string, scope: Scope): boolean {
  return scopesOf(key)?.includes(scope) ?? false;
}

/** All keywords of a scope. */
export function keywordsOf(scope: Scope): readonly string[] {
  return Object.keys(KEYWORDS).filter((key) => isKeyword(key, scope));
}

/** What to write in place of a keyword that is not understood yet; undefined: it is no such one. */
export function laterKeyword(key: string): string | undefined {
  if (key.startsWith('with_')) return 'Write loop with a list.';
  const name = withoutCollection(key);
  return Object.hasOwn(LATER, name) ? LATER[name] : undefined;
}

/** `ansible.builtin.copy` and `ansible.legacy.copy` are `copy`. */
export function withoutCollection(name: string): string {
  return name.replace(/^ansible\.(builtin|legacy)\./, '');
}
