import {
  anyValue,
  either,
  flag,
  listOf,
  mapOf,
  nothing,
  oneOrMore,
  record,
  ref,
  seconds,
} from './json-schema.ts';
import { template, text, whole, words, type JsonSchema } from './json-schema.ts';

/** What a keyword is for, in one or two sentences, and what may stand behind it. */
export interface KeywordDoc {
  readonly text: string;
  readonly schema: JsonSchema;
}

const condition = oneOrMore({ type: ['string', 'boolean'] });
const doc = (words: string, schema: JsonSchema): KeywordDoc => ({ text: words, schema });
const amount = either(whole(1), { type: 'string', pattern: '^\\d{1,9}%?$' });
const once = { type: ['boolean', 'string'], enum: [true, false, 'region'] };

/** Keywords that every level knows. */
const SHARED: Readonly<Record<string, KeywordDoc>> = {
  name: doc('What it is for, in your words; shown in the output. May hold templates.', text),
  vars: doc('Variables for it and what is in it.', either(ref('vars'), nothing)),
  tags: doc('Words for --tags and --skip-tags; always and never are special.', oneOrMore(text)),
  when: doc('CEL: it is left out unless this holds; of a list all must hold.', condition),
  become: doc('Act as another user, root unless become_user says otherwise.', either(flag, template)),
  become_user: doc('The user to act as.', text),
  become_method: doc('How to become that user.', either(words('sudo', 'su', 'doas'), template)),
  become_flags: doc('Further options of the program that changes the user.', text),
  become_exe: doc('Path of the program that changes the user.', text),
  environment: doc(
    'Environment of what runs on the node: NAME: value.',
    oneOrMore(either({ type: 'object' }, template)),
  ),
  no_log: doc('Shows neither arguments nor results.', either(flag, template)),
  check_mode: doc(
    'true: only look, whatever the command line says; false: act even with --check.',
    either(flag, template),
  ),
  diff: doc('Whether differences are shown, whatever the command line says.', either(flag, template)),
  ignore_errors: doc('A failure is told and the node goes on.', either(flag, template)),
  ignore_unreachable: doc('A node that is not reached goes on with the next task.', either(flag, template)),
  timeout: doc('Seconds after which it counts as failed; 0: never.', either(seconds, template)),
  any_errors_fatal: doc('A failure on one node ends the play in its region.', either(flag, template)),
  throttle: doc('At most so many nodes of a region at once.', whole(1)),
  run_once: doc('Once in the play; region: once in each region. The result is everyone’s.', once),
  module_defaults: doc('Arguments by module, for tasks that do not give them.', mapOf({ type: 'object' })),
  delegate_to: doc('The node that it is done on, in place of its own; localhost is the controller.', text),
  delegate_facts: doc('Facts belong to the node it is done on.', flag),
  connection: doc('How the node is reached.', either(words('ssh', 'local', 'container', 'docker'), template)),
  remote_user: doc('User to log in as; ansible_user says the same.', text),
  port: doc('Port of the SSH server; ansible_port says the same.', either(whole(1), template)),
  debugger: doc(
    'When to stop and ask.',
    words('always', 'never', 'on_failed', 'on_unreachable', 'on_skipped'),
  ),
  collections: doc('Modules have no collections here; it is read and means nothing.', listOf(text)),
  limit: doc(
    'Names of limits (see limits): no more than that many at once over all regions.',
    oneOrMore(text),
  ),
};

const PLAY: Readonly<Record<string, KeywordDoc>> = {
  hosts: doc('Nodes of the play: names, groups, regions, patterns, all.', oneOrMore(text)),
  vars_files: doc(
    'Files of variables; of a list in the list the first that is there.',
    oneOrMore(either(text, listOf(text))),
  ),
  vars_prompt: doc(
    'Values to ask for before the run.',
    listOf(
      record(
        {
          name: { ...text, description: 'The variable.' },
          prompt: { ...text, description: 'The question.' },
          default: { description: 'The value where the answer is empty.' },
          private: { ...flag, description: 'false: what is typed is seen.' },
          confirm: { ...flag, description: 'Asks twice.' },
          unsafe: flag,
        },
        'name',
      ),
    ),
  ),
  roles: doc('Roles, in their order, between pre_tasks and tasks.', either(listOf(ref('role')), nothing)),
  pre_tasks: doc('Tasks before the roles.', ref('tasks')),
  tasks: doc('Tasks, after the roles.', ref('tasks')),
  post_tasks: doc('Tasks after all others.', ref('tasks')),
  handlers: doc('Tasks that run when notified, once, at the end of each section.', ref('handlers')),
  gather_facts: doc('true: gather facts at the start; false: never. Without it: where they are used.', flag),
  gather_subset: doc('Groups of facts to gather; !group leaves one out.', oneOrMore(text)),
  gather_timeout: doc('Seconds that gathering may take.', seconds),
  fact_path: doc('Folder of local facts on the node.', text),
  regions: doc('How many regions at once; all by default.', either(whole(1), words('all'), template)),
  order: doc(
    'Order of the nodes of a region, or {regions: …, nodes: …}.',
    either(
      words(
        'inventory',
        'default_first',
        'reverse',
        'sorted',
        'reverse_sorted',
        'reverse_inventory',
        'shuffle',
      ),
      record({
        regions: words('inventory', 'default_first', 'reverse'),
        nodes: words('inventory', 'sorted', 'reverse_sorted', 'reverse_inventory', 'shuffle'),
      }),
    ),
  ),
  serial: doc(
    'Batches of each region: a number, a share ("30%"), or a list of them.',
    oneOrMore(either(amount, template)),
  ),
  parallel: doc(
    'At most so many nodes of each region at once, below what the inventory says.',
    either(whole(1), template),
  ),
  strategy: doc(
    'linear: in step; host_pinned: a node goes on as soon as it can, in a rolling window; free: without steps.',
    words('linear', 'host_pinned', 'free'),
  ),
  limits: doc('Named limits for tasks and blocks: name: how many at once over all regions.', mapOf(whole(1))),
  max_fail_percentage: doc(
    'A region’s batch ends when more than this share of its nodes has failed.',
    either({ type: 'number', minimum: 0, maximum: 100 }, template),
  ),
  force_handlers: doc('Handlers run on nodes that failed, too.', flag),
};

const TASK: Readonly<Record<string, KeywordDoc>> = {
  args: doc('Arguments beside plain text after the module.', { type: 'object' }),
  register: doc('Variable that keeps the result.', { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }),
  until: doc('CEL: do it again until this holds.', condition),
  retries: doc('How often to do it again; 3 with until.', either(whole(0), template)),
  delay: doc('Seconds between two tries; 5 by default.', either(seconds, template)),
  changed_when: doc('CEL: whether it counts as changed.', condition),
  failed_when: doc('CEL: whether it counts as failed.', condition),
  notify: doc('Names or topics of handlers to run when it changed something.', oneOrMore(text)),
  listen: doc('Topics that reach the handler beside its name.', oneOrMore(text)),
  loop: doc('Once for each item of this list; the item is called item.', either({ type: 'array' }, template)),
  loop_control: doc(
    'How the loop goes.',
    record({
      label: { ...anyValue, description: 'What is shown for an item.' },
      loop_var: { ...text, description: 'Name of the item’s variable.' },
      index_var: { ...text, description: 'Variable that counts the items, from 0.' },
      pause: { ...seconds, description: 'Seconds between two items.' },
      extended: { ...flag, description: 'Gives ansible_loop: index, first, last …' },
      parallel: { ...whole(1), description: 'Items at once on one node.' },
      break_when: { ...condition, description: 'CEL: no further item once this holds.' },
    }),
  ),
  async: doc('Seconds that it may go on in the background.', either(seconds, template)),
  poll: doc('Seconds between two looks at a task in the background; 0: do not wait.', seconds),
  sync: doc(
    'Wait here until all nodes of the region, or of all regions, have come so far.',
    words('region', 'all'),
  ),
  block: doc('Tasks that belong together: keywords beside it count for each.', ref('tasks')),
  rescue: doc('Tasks for when one in the block failed; the node goes on.', ref('tasks')),
  always: doc('Tasks that run in any case, after block and rescue.', ref('tasks')),
  role: doc('Name of the role. Further keys beside the keywords are its parameters.', text),
};

/** Every keyword with what it is for: the hover in editors and docs/reference/keywords.md. */
export const keywordDocs: Readonly<Record<string, KeywordDoc>> = { ...SHARED, ...PLAY, ...TASK };
