import { problem } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import { becomeMethod, connectionKind } from '../model/connection.ts';
import type { Node, Variable, VarLayer } from '../model/inventory.ts';
import type { Report } from './shape.ts';

/** What Ansible has besides: an inventory may hold nodes of them that no play here is for. */
const OTHERS: readonly string[] = [
  ...[
    'winrm',
    'psrp',
    'network_cli',
    'netconf',
    'httpapi',
    'podman',
    'kubectl',
    'lxd',
    'lxc',
    'chroot',
    'jail',
  ],
  ...['runas', 'enable', 'pbrun', 'dzdo', 'ksu', 'machinectl', 'pfexec', 'pmrun', 'sesu', 'sudosu', 'run0'],
];

type Check = (value: string | number) => string | undefined;

const CHECKS: Readonly<Record<string, Check>> = {
  ansible_port: (value) => {
    const port = Number(value);
    return Number.isInteger(port) && port > 0 && port < 65_536
      ? undefined
      : 'must be a number from 1 to 65535';
  },
  ansible_connection: (value) =>
    connectionKind(String(value)) === undefined
      ? `"${value}" is not one of ssh, local, container${didYouMean(String(value), ['ssh', 'local', 'container'])}`
      : undefined,
  ansible_become_method: (value) =>
    becomeMethod(String(value)) === undefined
      ? `"${value}" is not one of sudo, su, doas${didYouMean(String(value), ['sudo', 'su', 'doas'])}`
      : undefined,
};

/** Reports what is wrong with values that say how nodes are reached, as far as they hold no template; each once. */
export function checkWayValues(nodes: Iterable<Node>, report: Report): void {
  const seen = new Set<VarLayer>();
  for (const node of nodes) {
    for (const layer of node.layers) {
      if (seen.has(layer)) continue;
      seen.add(layer);
      for (const [name, check] of Object.entries(CHECKS)) {
        const variable = layer.vars.get(name);
        if (variable !== undefined) checkValue(name, variable, check, report);
      }
    }
  }
}

function checkValue(name: string, { value }: Variable, check: Check, report: Report): void {
  if (value.kind !== 'scalar' || value.value === null || typeof value.value === 'boolean') return;
  const text = value.value;
  if (text === '' || (typeof text === 'string' && text.includes('{{'))) return;
  const wrong = check(text);
  if (wrong === undefined) return;
  const found = problem('bad-value', value.at, 'bad value', `${name}: ${wrong}.`);
  report(OTHERS.includes(String(text)) ? { ...found, severity: 'warning' } : found);
}
