import type { LoopControl } from '../model/playbook.ts';
import type { SourceNode } from '../model/source.ts';
import { checkVariableName } from './names.ts';
import { asBoolean, asMap, asNumber, asText, checkKeys, fieldsOf, isTemplate, wrongType } from './shape.ts';
import type { Report } from './shape.ts';

const KEYS = ['label', 'loop_var', 'index_var', 'pause', 'extended', 'parallel'];

/** `loop`: a list, or a template that gives one. */
export function loopOf(node: SourceNode | undefined, report: Report): SourceNode | undefined {
  if (node === undefined || node.kind === 'list' || isTemplate(node)) return node;
  wrongType(node, '"loop"', 'a list, or a template that gives one', report);
  return undefined;
}

/** `loop_control`, with Ansible's keys, and `parallel`. */
export function loopControlOf(node: SourceNode | undefined, report: Report): LoopControl | undefined {
  const map = node && asMap(node, '"loop_control"', report);
  if (map === undefined) return undefined;
  checkKeys(map, KEYS, 'loop_control', report);
  const fields = fieldsOf(map);
  const get = (key: string): SourceNode | undefined => fields.get(key)?.value;
  const name = (key: string): string | undefined => {
    const given = get(key);
    const text = given && asText(given, `"${key}"`, report);
    return given && text !== undefined && checkVariableName(text, given.at, report) ? text : undefined;
  };
  const [label, pause, extended, parallel] = ['label', 'pause', 'extended', 'parallel'].map(get);
  return {
    label,
    loopVar: name('loop_var'),
    indexVar: name('index_var'),
    pause: pause && asNumber(pause, '"pause" (seconds)', { min: 0, fraction: true }, report),
    extended: extended && asBoolean(extended, '"extended"', report),
    parallel: parallel && asNumber(parallel, '"parallel"', { min: 1 }, report),
  };
}
