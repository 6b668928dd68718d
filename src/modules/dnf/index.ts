import { dnfModule } from '../packages/dnf-module.ts';

/** Packages of RHEL and its relatives. */
export const module = dnfModule('dnf');
