import type { AnyModule } from '../define.ts';
import { defineModule } from '../define.ts';
import type { DnfPlan } from './dnf.ts';
import { applyDnf, checkDnf } from './dnf.ts';
import { dnfArgs, dnfResult } from './dnf-args.ts';

/** The module under one of its names. */
export function dnfModule(name: 'dnf' | 'yum'): AnyModule {
  return defineModule({
    name,
    summary: 'Packages of RHEL and its relatives, there or not',
    args: dnfArgs,
    returns: dnfResult,
    notes: [
      'What would change is asked of rpm and of "dnf --assumeno", so check mode lists every package that comes, goes or ' +
        'changes along. Where there is no dnf, yum does it (CentOS 7), without what only dnf knows: allowerasing, nobest, ' +
        'install_weak_deps.',
      'dnf waits for another one that is at work; timeout of the task limits that.',
      'Not here: lock_timeout, list, download_only, download_dir, installroot, plugins, disable_excludes, sslverify, ' +
        'validate_certs, install_repoquery, comparisons such as "nginx >= 1.2", and URLs (use get_url).',
    ],
    examples: `- ${name}: { name: [nginx, "@development"], state: present }

- ${name}: { name: "*", state: latest, security: true }
`,
    check: (node, given) => checkDnf(node, given),
    apply(node, given, { state }: { readonly state?: DnfPlan }) {
      if (state === undefined) throw new Error('dnf: apply without what check found');
      return applyDnf(node, given, state);
    },
  });
}
