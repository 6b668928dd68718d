import { WAY_KEYWORDS } from './way-keywords.ts';

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
      'debugger',
    ],
    EVERYWHERE,
  ),
  ...same(WAY_KEYWORDS, EVERYWHERE),
  name: ['play', 'block', 'task', 'handler'],
  ...same(['when', 'delegate_to', 'delegate_facts'], BELOW_PLAY),
  limit: BELOW_PLAY,
  sync: ['task'],
  ...same(
    ['hosts', 'vars_files', 'roles', 'pre_tasks', 'tasks', 'post_tasks', 'handlers', 'gather_facts'],
    PLAY,
  ),
  ...same(FACT_KEYWORDS, PLAY),
  ...same(
    [
      'vars_prompt',
      'regions',
      'order',
      'serial',
      'parallel',
      'strategy',
      'limits',
      'max_fail_percentage',
      'force_handlers',
    ],
    PLAY,
  ),
  role: ['role'],
  ...same(['block', 'rescue', 'always'], ['block']),
  ...same(['args', 'register', 'until', 'retries', 'delay', 'changed_when', 'failed_when'], TASKS),
  ...same(['loop', 'loop_control'], ['block', ...TASKS]),
  notify: ['block', ...TASKS],
  ...same(['async', 'poll'], TASKS),
  listen: ['handler'],
};

/** What stands there says which form to write: see foreign-forms.ts. */
const FORM = 'Write it in another form.';

/** Keywords of Ansible's that are not understood yet, with what to write in the meantime. */
const LATER: Readonly<Record<string, string>> = {
  include:
    'Write include_tasks (at run time) or import_tasks (before it) for tasks, import_playbook for a playbook.',
  import_playbook: 'It stands beside the plays of a playbook, not in one.',
  collections: 'Modules have no collections here; leave it out.',
  local_action: FORM,
  action: FORM,
};

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
  const name = withoutCollection(key);
  if (name.startsWith('with_')) return FORM;
  return Object.hasOwn(LATER, name) ? LATER[name] : undefined;
}

/** `ansible.builtin.copy` is `copy`, `community.docker.docker_network` is `docker_network`. */
export function withoutCollection(name: string): string {
  return name.replace(/^(ansible\.(builtin|legacy|posix)|community\.(docker|general|mysql))\./, '');
}
