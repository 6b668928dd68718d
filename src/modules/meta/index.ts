import * as z from 'zod';
import { defineModule } from '../define.ts';

const ACTIONS = [
  'flush_handlers',
  'end_play',
  'end_batch',
  'end_host',
  'end_role',
  'clear_facts',
  'clear_host_errors',
  'refresh_inventory',
  'reset_connection',
  'noop',
] as const;

/** What becomes of the play: the runner does it, there is no work on a node. */
export const module = defineModule({
  name: 'meta',
  summary: 'Steer the play: run handlers now, end it, take nodes back in',
  freeForm: 'action',
  steers: 'action',
  args: z.strictObject({
    action: z.enum(ACTIONS).describe('What is to be done; written right behind meta.'),
  }),
  returns: z.strictObject({}),
  notes: [
    'flush_handlers runs the notified handlers now. end_host ends the play for the node, end_role the role, without failing it.',
    'end_batch ends the present batch of the region (see serial), end_play the play in all regions; nobody fails, notified handlers and always sections do not run, later plays do.',
    'clear_facts forgets the facts of the node; the next play that uses them gathers them again.',
    'clear_host_errors lets nodes that failed have part in later plays again; nodes that were unreachable go on with the next task.',
    'refresh_inventory reads the inventory again, executables too: later plays find their nodes in it. reset_connection closes the connection; the next task opens it anew. noop does nothing.',
    'when is looked at for each node; with end_batch, end_play, clear_host_errors and refresh_inventory that of the first node counts for all, as in Ansible.',
  ],
  examples: `- meta: flush_handlers

- meta: end_host
  when: ansible_facts.os_family != "RedHat"

- meta: end_play
  when: releases.stdout == ""
`,
  check: () => Promise.resolve({ changes: [], result: {} }),
  apply: () => Promise.reject(new Error('meta changes nothing')),
});
