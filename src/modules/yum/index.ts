import { dnfModule } from '../packages/dnf-module.ts';

/** Packages of RHEL and its relatives, under the older name. */
export const module = dnfModule('yum');
