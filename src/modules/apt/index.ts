import { defineModule } from '../define.ts';
import type { AptPlan } from '../packages/apt.ts';
import { applyApt, checkApt } from '../packages/apt.ts';
import { aptArgs, aptResult } from '../packages/apt-args.ts';

/** Packages of Debian and Ubuntu. */
export const module = defineModule({
  name: 'apt',
  summary: 'Packages of Debian and Ubuntu, there or not',
  args: aptArgs,
  returns: aptResult,
  notes: [
    'What would change is asked of dpkg and of "apt-get -s", so check mode lists every package that comes, goes or ' +
      'changes along. Where the lists have to be updated first, it goes by those that are there.',
    'With names the lists are updated only when something is to be done, or for state latest: what is there is not ' +
      'looked up. For a run that changes nothing give cache_valid_time with latest.',
    'Not here: wildcards in names, >=, force (see the allow_… arguments), force_apt_get (aptitude is never used), ' +
      'policy_rc_d, and URLs in deb (use get_url).',
  ],
  examples: `- apt: { name: [nginx, curl], cache_valid_time: 3600 }

- apt: { name: "docker-ce=5:26.1*", state: present, allow_downgrade: true }

- apt: { deb: /tmp/tool_1.2_amd64.deb }
`,
  check: (node, given) => checkApt(node, given),
  apply(node, given, { state }: { readonly state?: AptPlan }) {
    if (state === undefined) throw new Error('apt: apply without what check found');
    return applyApt(node, given, state);
  },
});
