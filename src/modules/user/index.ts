import * as z from 'zod';
import { requiredOf, oneOf } from '../aliases.ts';
import { defineModule } from '../define.ts';
import type { Step } from '../steps.ts';
import { runSteps } from '../steps.ts';
import type { UserArgs, WantedUser } from './args.ts';
import { userArgs } from './args.ts';
import type { SeenUser } from './look.ts';
import { keyFileOf, lookAtUser } from './look.ts';
import { absentPlan, presentPlan } from './plan.ts';

const returns = z.strictObject({
  name: z.string().describe('The name.'),
  state: z.enum(['present', 'absent']).describe('Whether the user is there.'),
  uid: z.int().optional().describe('Number of the user.'),
  group: z.int().optional().describe('Number of the first group.'),
  groups: z.string().optional().describe('The further groups, with commas.'),
  comment: z.string().optional().describe('Who it is, in words.'),
  home: z.string().optional().describe('Home folder.'),
  shell: z.string().optional().describe('Shell to log in with.'),
  ssh_key_file: z.string().optional().describe('Path of the key, where one was asked for.'),
  ssh_public_key: z.string().optional().describe('Its public half.'),
});

/** Accounts of users. */
export const module = defineModule({
  name: 'user',
  summary: 'A user with groups, home folder, shell and password, there or not',
  args: userArgs,
  returns,
  inOrder: true,
  notes: [
    'The hash of a password goes through the standard input of chpasswd, never through an argument list, and is in no ' +
      'difference that is shown. A password in clear is refused: the account could not be used with it.',
    'Not here: ssh_key_passphrase (ssh-keygen takes it as an argument only), local, and what systems other than Linux ' +
      'have: authorization, hidden, login_class, profile, role, seuser.',
    'Where the node has no useradd, busybox makes and removes users, and changes their password and groups.',
  ],
  examples: `- user:
    name: oms
    uid: 1500
    groups: [docker]
    append: true
    shell: /bin/bash
    password: "{{oms_password_hash}}"

- user: { name: old, state: absent, remove: true }
`,
  async check(node, given) {
    const wanted = normalised(given);
    const seen = await lookAtUser(node, wanted);
    const plan = wanted.state === 'absent' ? absentPlan(wanted, seen) : presentPlan(wanted, seen, node.name);
    return { changes: plan.changes, result: resultOf(wanted, seen), state: plan.steps };
  },
  async apply(node, given, { state = [] }: { readonly state?: readonly Step[] }) {
    const wanted = normalised(given);
    await runSteps(node, state);
    return resultOf(wanted, await lookAtUser(node, wanted));
  },
});

function normalised({ name, user, create_home, createhome, ...rest }: UserArgs): WantedUser {
  return {
    ...rest,
    name: requiredOf({ name, user }),
    create_home: oneOf({ create_home, createhome }) ?? true,
  };
}

function resultOf(wanted: WantedUser, { account, publicKey }: SeenUser): z.output<typeof returns> {
  const { name } = wanted;
  if (account === undefined) return { name, state: 'absent' };
  const { uid, gid, groups, comment, home, shell } = account;
  const file = keyFileOf(wanted);
  return {
    ...{ name, state: 'present', uid, group: gid, groups: groups.join(','), comment, home, shell },
    ...(file === '' ? {} : { ssh_key_file: file.startsWith('/') ? file : `${home}/${file}` }),
    ...(publicKey === undefined ? {} : { ssh_public_key: publicKey }),
  };
}
