import type { LoopControl } from '../model/playbook.ts';
import type { SourceEntry, SourceNode } from '../model/source.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { checkVariableName } from './names.ts';
import { asBoolean, asMap, asNumber, asText, checkKeys, fieldsOf, isTemplate, wrongType } from './shape.ts';
import type { Report } from './shape.ts';

const KEYS = ['label', 'loop_var', 'index_var', 'pause', 'extended', 'parallel'];

/** `loop` and `loop_control` of a task or block. */
export function readLoop(
  fields: ReadonlyMap<string, SourceEntry>,
  report: Report,
): { readonly loop: SourceNode | undefined; readonly loopControl: LoopControl | undefined } {
  const [loop, control] = [fields.get('loop') ?? oldForm(fields), fields.get('loop_control')];
  if (loop === undefined && control !== undefined) {
    report(problem('missing-key', control.keyAt, 'missing key', '"loop_control" needs "loop" beside it.'));
  }
  return { loop: loopOf(loop?.value, report), loopControl: loopControlOf(control?.value, report) };
}

/** `with_…`, which has been told: it is a loop all the same, and its `item` no unknown name. */
function oldForm(fields: ReadonlyMap<string, SourceEntry>): SourceEntry | undefined {
  const entry = [...fields.values()].find(({ key }) => key.startsWith('with_'));
  return entry && { ...entry, value: { kind: 'list', items: [], at: entry.value.at } };
}

/** A node is in one item of a loop over steps at a time. */
export function refuseParallel(fields: ReadonlyMap<string, SourceEntry>, what: string, report: Report): void {
  const control = fields.get('loop_control')?.value;
  const entry = control?.kind === 'map' ? fieldsOf(control).get('parallel') : undefined;
  if (entry === undefined) return;
  const detail = `"parallel" is not possible with a loop over ${what}: a node goes through it item by item. Nodes go side by side all the same.`;
  report(problem('unknown-key', entry.keyAt, 'keyword in the wrong place', detail));
}

function loopOf(node: SourceNode | undefined, report: Report): SourceNode | undefined {
  if (node === undefined || node.kind === 'list' || isTemplate(node)) return node;
  wrongType(node, '"loop"', 'a list, or a template that gives one', report);
  return undefined;
}

/** Ansible's keys, and `parallel`. */
function loopControlOf(node: SourceNode | undefined, report: Report): LoopControl | undefined {
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
