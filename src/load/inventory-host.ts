import { isIPv6 } from 'node:net';
import { problem } from '../diagnostics/diagnostic.ts';
import type { Variable, VarLayer } from '../model/inventory.ts';
import type { SourceRange } from '../model/source.ts';
import type { GroupHost } from './inventory-foreign.ts';
import { MOST_HOSTS } from './inventory-foreign.ts';
import { checkName } from './names.ts';
import { expandRanges } from './ranges.ts';
import type { PlacedText, Report } from './shape.ts';

/** Counts the hosts that one source mentions, so that ranges of ranges come to an end. */
export interface HostBudget {
  left: number;
}

/** A fresh count. */
export function hostBudget(): HostBudget {
  return { left: MOST_HOSTS };
}

/** The hosts that a pattern of an inventory stands for: `web[01:20]`, `db-1:2222`, `[2001:db8::1]:22`, `2001:db8::1`. */
export function hostsOf(
  written: PlacedText & { readonly vars: VarLayer | undefined; readonly label: string },
  budget: HostBudget,
  report: Report,
): readonly GroupHost[] {
  const { text, at } = written;
  const { base, port } = splitPort(text);
  const expanded = isIPv6(base) ? { names: [base] } : expandRanges(base);
  if ('error' in expanded) {
    report(problem('bad-value', at, 'bad range', `${expanded.error}.`));
    return [];
  }
  if (!checkHostName(expanded.names[0] ?? '', text, at, report)) return [];
  if (expanded.names.length > budget.left) {
    if (budget.left >= 0) report(tooMany(at));
    budget.left = -1;
    return [];
  }
  budget.left -= expanded.names.length;
  const vars = port === undefined ? written.vars : withPort(port, written, report);
  return expanded.names.map((name) => ({ name, at, vars }));
}

/** `name:port` in its two parts. An IPv6 address has a port only behind brackets. */
function splitPort(text: string): { readonly base: string; readonly port: string | undefined } {
  const bracketed = /^\[([^[\]]*:[^[\]]*:[^[\]]*)\](?::(\d+))?$/.exec(text);
  if (bracketed?.[1] !== undefined && isIPv6(bracketed[1])) return { base: bracketed[1], port: bracketed[2] };
  const colon = text.lastIndexOf(':');
  const port = text.slice(colon + 1);
  if (colon < 0 || !/^\d+$/.test(port) || isIPv6(text)) return { base: text, port: undefined };
  return { base: text.slice(0, colon), port };
}

function checkHostName(name: string, text: string, at: SourceRange, report: Report): boolean {
  if (isIPv6(name)) return true;
  if (!name.includes(':')) return checkName(name, 'node', at, report);
  const detail = text.endsWith(':')
    ? `"${text}" ends in ":". A port may follow it (${text}2222); in YAML the host is the key alone.`
    : `"${text}" is neither a name, nor an address, nor either of them with a port (name:2222, [2001:db8::1]:2222).`;
  report(problem('bad-value', at, 'bad name', detail));
  return false;
}

function withPort(
  port: string,
  {
    at,
    vars,
    label,
  }: { readonly at: SourceRange; readonly vars: VarLayer | undefined; readonly label: string },
  report: Report,
): VarLayer | undefined {
  const number = Number(port);
  if (number < 1 || number > 65_535) {
    report(problem('bad-value', at, 'bad port', `The port ${port} is not from 1 to 65535.`));
    return vars;
  }
  const variable: Variable = { value: { kind: 'scalar', value: number, quoted: false, at }, at };
  // As in Ansible, the port beside the name wins over a variable in the same line.
  const own = new Map([...(vars?.vars ?? []), ['ansible_port', variable] as const]);
  return { label, vars: own };
}

function tooMany(at: SourceRange): ReturnType<typeof problem> {
  const detail = `With this line the inventory has more than ${MOST_HOSTS} hosts. Is a range wrong?`;
  return problem('bad-value', at, 'too many hosts', detail);
}
