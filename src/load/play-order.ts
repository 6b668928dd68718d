import { problem } from '../diagnostics/diagnostic.ts';
import type { Amount, Play, TemplatedKeyword } from '../model/playbook.ts';
import type { SourceEntry, SourceNode } from '../model/source.ts';
import { limitsOf } from './limits.ts';
import { asBoolean, asChoice, asNumber, checkKeys, fieldsOf, isTemplate } from './shape.ts';
import type { Fields, Report } from './shape.ts';

type Order = Pick<
  Play,
  | 'strategy'
  | 'regions'
  | 'order'
  | 'parallel'
  | 'serial'
  | 'maxFailPercentage'
  | 'anyErrorsFatal'
  | 'forceHandlers'
  | 'limits'
>;

const TEMPLATED: readonly TemplatedKeyword[] = [
  'hosts',
  'serial',
  'parallel',
  'regions',
  'max_fail_percentage',
];

function isTemplated(key: string): key is TemplatedKeyword {
  return TEMPLATED.some((one) => one === key);
}

function hasTemplate(node: SourceNode): boolean {
  return node.kind === 'list' ? node.items.some(isTemplate) : isTemplate(node);
}

/** Values of a play's keywords that hold templates. */
export function templatesOf(fields: Fields): ReadonlyMap<TemplatedKeyword, SourceNode> {
  return new Map(
    TEMPLATED.flatMap((key) => {
      const node = fields.get(key)?.value;
      return node !== undefined && hasTemplate(node) ? [[key, node] as const] : [];
    }),
  );
}

/** In which order, how many at once, and what failures mean: what a play says of its nodes. */
export function playOrderOf(fields: Fields, report: Report): Order {
  const get = (key: string): SourceNode | undefined => {
    const node = fields.get(key)?.value;
    return node !== undefined && hasTemplate(node) && isTemplated(key) ? undefined : node;
  };
  const [regions, order, parallel, serial] = ['regions', 'order', 'parallel', 'serial'].map(get);
  const [percentage, fatal, force] = ['max_fail_percentage', 'any_errors_fatal', 'force_handlers'].map(get);
  return {
    strategy: strategyOf(get('strategy'), report),
    regions: regions && regionsOf(regions, report),
    order: (order && orderOf(order, report)) ?? IN_ORDER,
    limits: limitsOf(get('limits'), report),
    parallel: parallel && asNumber(parallel, '"parallel"', { min: 1 }, report),
    serial: serial === undefined ? [] : serialOf(serial, report),
    maxFailPercentage:
      percentage &&
      asNumber(percentage, '"max_fail_percentage"', { min: 0, max: 100, fraction: true }, report),
    // Said once: readInherited has reported a wrong type already.
    anyErrorsFatal: fatal?.kind === 'scalar' && fatal.value === true,
    forceHandlers: (force && asBoolean(force, '"force_handlers"', report)) ?? false,
  };
}

function strategyOf(node: SourceNode | undefined, report: Report): Play['strategy'] {
  const given = node && asChoice(node, '"strategy"', ['linear', 'host_pinned', 'free'], report);
  return given ?? 'linear';
}

const IN_ORDER: Play['order'] = { regions: 'inventory', nodes: 'inventory' };
const REGION_ORDERS = ['inventory', 'default_first', 'reverse'] as const;
const NODE_ORDERS = ['inventory', 'sorted', 'reverse_sorted', 'reverse_inventory', 'shuffle'] as const;

/** One word: of Ansible's it is about the nodes of each region; a map says both. */
function orderOf(node: SourceNode, report: Report): Play['order'] {
  if (node.kind === 'map') {
    checkKeys(node, ['regions', 'nodes'], '"order"', report);
    const part = <T extends string>(entry: SourceEntry | undefined, words: readonly T[]): T | undefined =>
      entry && asChoice(entry.value, `"${entry.key}" of "order"`, words, report);
    const fields = fieldsOf(node);
    return {
      regions: part(fields.get('regions'), REGION_ORDERS) ?? 'inventory',
      nodes: part(fields.get('nodes'), NODE_ORDERS) ?? 'inventory',
    };
  }
  const words = [...new Set([...REGION_ORDERS, ...NODE_ORDERS])];
  const word = asChoice(node, '"order"', words, report);
  if (word === 'default_first') return { ...IN_ORDER, regions: word };
  if (word === 'reverse') return { regions: word, nodes: 'reverse_inventory' };
  return { ...IN_ORDER, nodes: word ?? 'inventory' };
}

function regionsOf(node: SourceNode, report: Report): number | undefined {
  if (node.kind === 'scalar' && node.value === 'all') return undefined;
  return asNumber(node, '"regions" (how many at once)', { min: 1 }, report);
}

function serialOf(node: SourceNode, report: Report): readonly Amount[] {
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) => {
    const amount = amountOf(item);
    if (amount !== undefined) return [amount];
    const hint = isTemplate(item) ? ' Templates are not possible here.' : '';
    const detail = `"serial" must be a whole number from 1, a share from "1%" to "100%", or a list of them.${hint}`;
    report(problem('bad-value', item.at, 'bad value', detail));
    return [];
  });
}

function amountOf(item: SourceNode): Amount | undefined {
  if (item.kind !== 'scalar') return undefined;
  if (typeof item.value === 'number')
    return Number.isInteger(item.value) && item.value > 0 ? item.value : undefined;
  const [, digits = '', sign] = /^(\d{1,9})(%?)$/.exec(String(item.value)) ?? [];
  const count = Number(digits);
  if (count < 1 || (sign === '%' && count > 100)) return undefined;
  return sign === '%' ? { percent: count } : count;
}
