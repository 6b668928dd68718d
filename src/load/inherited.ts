import type { ValueKeyword } from '../model/plan.ts';
import type { Expression, Inherited } from '../model/playbook.ts';
import type { SourceMap, SourceNode } from '../model/source.ts';
import { withoutCollection } from './keywords.ts';
import { limitNamesOf } from './limits.ts';
import { asBoolean, asChoice, asMap, asNumber, asText, asTexts, isTemplate, wrongType } from './shape.ts';
import type { Fields, Report } from './shape.ts';
import { wayKeywordsOf } from './way-keywords.ts';
import { readVars } from './vars.ts';

/** Nothing said. */
export const NOTHING_INHERITED: Inherited = {
  when: [],
  tags: [],
  become: undefined,
  becomeUser: undefined,
  delegateTo: undefined,
  runOnce: undefined,
  environment: [],
  noLog: undefined,
  checkMode: undefined,
  diff: undefined,
  ignoreErrors: undefined,
  ignoreUnreachable: undefined,
  timeout: undefined,
  anyErrorsFatal: undefined,
  throttle: undefined,
  limit: [],
  moduleDefaults: new Map(),
  vars: undefined,
};

/** The keywords that plays, roles, blocks and tasks share; `varsLabel` undefined: `vars` are read elsewhere. */
export function readInherited(fields: Fields, varsLabel: string | undefined, report: Report): Inherited {
  const values = valuesOf(fields);
  const get = (key: string): SourceNode | undefined =>
    isValueKeyword(key) && values.has(key) ? undefined : fields.get(key)?.value;
  const flag = (key: string): boolean | undefined => {
    const node = get(key);
    return node && asBoolean(node, `"${key}"`, report);
  };
  const [when, tags, vars, timeout, throttle] = ['when', 'tags', 'vars', 'timeout', 'throttle'].map(get);
  return {
    when: when === undefined ? [] : expressionsOf(when, '"when"', report),
    tags: tags === undefined ? [] : tagsOf(tags, report),
    become: flag('become'),
    becomeUser: textNode(get('become_user'), '"become_user"', report),
    delegateTo: textNode(get('delegate_to'), '"delegate_to"', report),
    ...(values.size === 0 ? {} : { values }),
    delegateFacts: flag('delegate_facts'),
    runOnce: runOnceOf(get('run_once'), report),
    environment: environmentOf(get('environment'), report),
    noLog: flag('no_log'),
    checkMode: flag('check_mode'),
    diff: flag('diff'),
    ignoreErrors: flag('ignore_errors'),
    ignoreUnreachable: flag('ignore_unreachable'),
    timeout: timeout && asNumber(timeout, '"timeout" (seconds)', { min: 0, fraction: true }, report),
    anyErrorsFatal: flag('any_errors_fatal'),
    throttle: throttle && asNumber(throttle, '"throttle"', { min: 1 }, report),
    debugger: debuggerOf(get('debugger'), report),
    limit: limitNamesOf(get('limit'), report),
    notify: notifyOf(get('notify'), report),
    moduleDefaults: moduleDefaultsOf(get('module_defaults'), report),
    way: wayKeywordsOf(fields, report),
    vars: vars === undefined || varsLabel === undefined ? undefined : readVars(vars, varsLabel, report),
  };
}

const VALUES: readonly ValueKeyword[] = [
  ...(['become', 'ignore_errors', 'ignore_unreachable', 'check_mode', 'diff', 'no_log'] as const),
  ...(['any_errors_fatal', 'timeout', 'retries', 'delay'] as const),
];

function isValueKeyword(key: string): key is ValueKeyword {
  return VALUES.some((one) => one === key);
}

/** Keywords whose values are templates: they are told when the task's turn has come. */
export function valuesOf(fields: Fields): ReadonlyMap<ValueKeyword, SourceNode> {
  return new Map(
    VALUES.flatMap((key) => {
      const node = fields.get(key)?.value;
      return node !== undefined && isTemplate(node) ? [[key, node] as const] : [];
    }),
  );
}

/** One condition or a list of them; true and false are conditions too. */
export function expressionsOf(node: SourceNode, what: string, report: Report): readonly Expression[] {
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item): readonly Expression[] => {
    if (item.kind === 'scalar' && typeof item.value === 'boolean') {
      return [{ text: String(item.value), at: item.at }];
    }
    if (item.kind === 'scalar' && typeof item.value === 'string' && item.value.trim() !== '') {
      return [{ text: item.value, at: item.at }];
    }
    wrongType(item, what, 'a condition, e.g. port == 8089, or a list of them', report);
    return [];
  });
}

function tagsOf(node: SourceNode, report: Report): readonly string[] {
  const texts = asTexts(node, '"tags"', report);
  return texts.flatMap(({ text }) => text.split(',').map((tag) => tag.trim())).filter((tag) => tag !== '');
}

/** A text that may hold a template: kept as it is. */
function textNode(node: SourceNode | undefined, what: string, report: Report): SourceNode | undefined {
  if (node === undefined) return undefined;
  return asText(node, what, report) === undefined ? undefined : node;
}

function debuggerOf(node: SourceNode | undefined, report: Report): Inherited['debugger'] {
  const words = ['always', 'never', 'on_failed', 'on_unreachable', 'on_skipped'] as const;
  return node && asChoice(node, '"debugger"', words, report);
}

function notifyOf(node: SourceNode | undefined, report: Report): Inherited['notify'] {
  if (node === undefined) return undefined;
  return { topics: asTexts(node, '"notify"', report).map(({ text }) => text), at: node.at };
}

function runOnceOf(node: SourceNode | undefined, report: Report): boolean | 'region' | undefined {
  if (node === undefined) return undefined;
  if (node.kind === 'scalar' && node.value === 'region') return 'region';
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
  wrongType(node, '"run_once"', 'true, false or region (once in each region)', report);
  return undefined;
}

function environmentOf(node: SourceNode | undefined, report: Report): readonly SourceNode[] {
  if (node === undefined) return [];
  const items = node.kind === 'list' ? node.items : [node];
  return items.filter((item) => {
    if (item.kind === 'map' || isTemplate(item)) return true;
    wrongType(item, '"environment"', 'a map (NAME: value) or a list of maps', report);
    return false;
  });
}

/** Arguments by the module's name; groups of modules (`group/aws`) are none of ours. */
function moduleDefaultsOf(node: SourceNode | undefined, report: Report): ReadonlyMap<string, SourceMap> {
  const map = node && asMap(node, '"module_defaults"', report);
  return new Map(
    (map?.entries ?? []).flatMap(({ key, value }): [string, SourceMap][] => {
      const args = asMap(value, `The defaults of "${key}"`, report);
      return args === undefined ? [] : [[withoutCollection(key), args]];
    }),
  );
}
