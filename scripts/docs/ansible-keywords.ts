/** How a keyword or feature of Ansible's is here. `test`: a file that fails without it. */
export type Row =
  | { readonly as: 'same'; readonly test: string; readonly how?: string }
  | { readonly as: 'different'; readonly how: string }
  | { readonly as: 'not'; readonly how: string };

/** Ansible's documented keywords by where they may stand (Playbook Keywords, ansible-core 2.18). */
export const ansibleKeywords = {
  play: words(`any_errors_fatal become become_exe become_flags become_method become_user check_mode collections connection
    debugger diff environment fact_path force_handlers gather_facts gather_subset gather_timeout handlers hosts
    ignore_errors ignore_unreachable max_fail_percentage module_defaults name no_log order port post_tasks pre_tasks
    remote_user roles run_once serial strategy tags tasks throttle timeout vars vars_files vars_prompt`),
  role: words(`any_errors_fatal become become_exe become_flags become_method become_user check_mode collections connection
    debugger delegate_facts delegate_to diff environment ignore_errors ignore_unreachable module_defaults name no_log port
    remote_user run_once tags throttle timeout vars when`),
  block:
    words(`always any_errors_fatal become become_exe become_flags become_method become_user block check_mode
    collections connection debugger delegate_facts delegate_to diff environment ignore_errors ignore_unreachable
    module_defaults name no_log notify port remote_user rescue run_once tags throttle timeout vars when`),
  task: words(`action any_errors_fatal args async become become_exe become_flags become_method become_user changed_when
    check_mode collections connection debugger delay delegate_facts delegate_to diff environment failed_when ignore_errors
    ignore_unreachable local_action loop loop_control module_defaults name no_log notify poll port register remote_user
    retries run_once tags throttle timeout until vars when with_items`),
  handler: words('listen'),
};

function words(text: string): readonly string[] {
  return text.split(/\s+/);
}

const same = (test: string, how?: string): Row => ({
  as: 'same',
  test,
  ...(how === undefined ? {} : { how }),
});
const different = (how: string): Row => ({ as: 'different', how });
const not = (how: string): Row => ({ as: 'not', how });

const CONDITION =
  'the condition is CEL: && || ! in place of and, or, not; see [templates.md](../templates.md#conditions)';

/**
 * A row for each of them. One that the program does not know yet is shown as "not", with what loading says to write,
 * until it does.
 */
export const keywordRows: Readonly<Record<string, Row>> = {
  action: not('The module is the key of the task.'),
  always: same('test/run/flow.test.ts'),
  any_errors_fatal: different('counts per region: a failure ends the play in its region, others go on'),
  args: same('test/run/task-keywords.test.ts'),
  async: different('with modules whose work is one command: command, shell and their like'),
  become: same('test/run/ways.test.ts'),
  become_exe: same('test/run/ways.test.ts'),
  become_flags: same('test/run/ways.test.ts'),
  become_method: different(
    'sudo, su and doas; see [connections.md](../connections.md#becoming-another-user)',
  ),
  become_user: same('test/run/ways.test.ts'),
  block: same('test/run/flow.test.ts', 'a block may have a loop, too'),
  changed_when: different(CONDITION),
  check_mode: same('test/run/check-mode.test.ts'),
  collections: not('Modules have no collections; ansible.builtin. before a name is understood.'),
  connection: different('ssh, local and container (docker); see [connections.md](../connections.md)'),
  debugger: different('its prompt knows r, c, p NAME and q'),
  delay: same('test/run/task-keywords.test.ts'),
  delegate_facts: same('test/run/semantics/inventory.test.ts'),
  delegate_to: same('test/run/flow.test.ts'),
  diff: same('test/run/diff-keyword.test.ts'),
  environment: same('test/run/secrets.test.ts'),
  fact_path: same('test/plan/facts.test.ts'),
  failed_when: different(CONDITION),
  force_handlers: same('test/run/task-keywords.test.ts'),
  gather_facts: different(
    'without it facts are gathered only where something uses them; false and true mean what they do in Ansible',
  ),
  gather_subset: same('test/run/facts.test.ts'),
  gather_timeout: same('test/plan/facts.test.ts'),
  handlers: same('test/run/flow.test.ts'),
  hosts: same('test/run/limits.test.ts', 'regions are groups, too'),
  ignore_errors: same('test/run/failure.test.ts'),
  ignore_unreachable: same('test/run/task-keywords.test.ts'),
  listen: same('test/run/flow.test.ts'),
  local_action: not('Write the module as the key, and delegate_to: localhost.'),
  loop: same('test/run/loops.test.ts'),
  loop_control: same('test/run/loops.test.ts', '`parallel: N` works on N items at once'),
  max_fail_percentage: different('counts per region'),
  module_defaults: same('test/run/task-keywords.test.ts', 'without groups of modules'),
  name: same('test/load/playbook.test.ts'),
  no_log: same('test/run/secrets.test.ts', 'secrets are masked without it, too'),
  notify: different('names as they are, without templates; all are checked before the run'),
  order: different('order of regions and of their nodes: a word, or { regions: …, nodes: … }'),
  poll: same('test/run/background.system.ts'),
  port: same('test/run/ways.test.ts'),
  post_tasks: same('test/run/flow.test.ts'),
  pre_tasks: same('test/run/flow.test.ts'),
  register: same('test/run/flow.test.ts', 'a result is a map, whose members conditions name: seen.rc'),
  remote_user: same('test/run/ways.test.ts'),
  rescue: same('test/run/flow.test.ts'),
  retries: same('test/run/flow.test.ts'),
  roles: different('vars beside a role are above its own vars, and that role alone sees them'),
  run_once: different('true is once in the play, `region` once in each region; no template'),
  serial: different('batches of each region, not of all nodes together'),
  strategy: different(
    'linear keeps the nodes of one region in step; regions never wait for each other; host_pinned is a rolling window; free has no steps',
  ),
  tags: same('test/run/tags.test.ts'),
  tasks: same('test/run/flow.test.ts'),
  throttle: different('counts per region; a number, no template'),
  timeout: same('test/run/timeout.test.ts', 'opening the connection does not count'),
  until: different(CONDITION),
  vars: same('test/run/variables.test.ts'),
  vars_files: same('test/run/variables.test.ts', 'a list in the list takes the first file that is there'),
  vars_prompt: different('all questions come before the first connection; without encrypt and salt'),
  when: different(CONDITION),
  with_items: not('Write loop with a list.'),
};

/** What stands in a task or playbook like a module in Ansible, and is none. */
export const actionRows: Readonly<Record<string, Row>> = {
  import_playbook: same('test/load/import-playbook.test.ts'),
  import_tasks: same('test/load/import-tasks.test.ts'),
  include_tasks: same(
    'test/run/includes.test.ts',
    'a file whose name has no template is checked before the run',
  ),
  import_role: same('test/run/included-roles.test.ts'),
  include_role: same(
    'test/run/included-roles.test.ts',
    'a role whose name has no template is checked before the run',
  ),
  include_vars: same('test/run/include-vars.test.ts'),
  'meta: flush_handlers': same('test/run/semantics/meta.test.ts'),
  'meta: end_play': same('test/run/semantics/meta.test.ts', 'in all regions'),
  'meta: end_host': same('test/run/semantics/meta.test.ts'),
  'meta: clear_host_errors': same('test/run/semantics/meta.test.ts'),
  'meta: refresh_inventory': same('test/cli/replan.test.ts'),
  'meta: reset_connection': same('test/run/semantics/meta.test.ts'),
  'meta: noop': same('test/run/semantics/meta.test.ts'),
  add_host: same(
    'test/run/semantics/inventory.test.ts',
    'a new node belongs to a region: its argument region, else that of the node that the task is for',
  ),
  group_by: same('test/run/semantics/inventory.test.ts', 'groups go across regions'),
};
