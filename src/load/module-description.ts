import type { ModuleDescription } from '../model/module-description.ts';
import type { SourceNode } from '../model/source.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { readOptions } from './argument-specs.ts';
import { openYaml, startOf } from './open.ts';
import { asBoolean, asMap, asText, asTexts, checkKeys, fieldsOf, isNull } from './shape.ts';
import type { Report } from './shape.ts';
import type { Sources } from './sources.ts';

/** In seconds: what hangs must not hang a run for ever. */
const USUAL_TIMEOUT = 600;
const KEYS = ['summary', 'notes', 'examples', 'args', 'returns', 'timeout', 'beyond_node'];

/** Reads the file beside a user's executable; undefined when nothing can be made of it, which is reported. */
export function readModuleDescription(
  file: string,
  name: string,
  sources: Sources,
  report: Report,
): ModuleDescription | undefined {
  const node = openYaml(file, sources, report);
  const map = node === undefined ? undefined : asMap(node, 'The description of a module', report);
  if (map === undefined) {
    if (node === undefined) report(withoutSummary(sources.shown(file)));
    return undefined;
  }
  checkKeys(map, KEYS, 'the description of a module', report);
  const fields = fieldsOf(map);
  const get = (key: string): SourceNode | undefined => {
    const value = fields.get(key)?.value;
    return value === undefined || isNull(value) ? undefined : value;
  };
  const [summary, notes, examples, beyond] = [
    get('summary'),
    get('notes'),
    get('examples'),
    get('beyond_node'),
  ];
  if (summary === undefined) report({ ...withoutSummary(sources.shown(file)), at: map.at });
  return {
    name,
    summary: (summary && asText(summary, '"summary"', report)) ?? '',
    notes: notes === undefined ? [] : asTexts(notes, '"notes"', report).map(({ text }) => text),
    examples: examples && asText(examples, '"examples"', report),
    args: readOptions(get('args'), report),
    returns: get('returns') && readOptions(get('returns'), report),
    timeoutSeconds: timeoutOf(get('timeout'), report),
    beyondNode: (beyond && asBoolean(beyond, '"beyond_node"', report)) ?? false,
  };
}

function timeoutOf(node: SourceNode | undefined, report: Report): number {
  if (node === undefined) return USUAL_TIMEOUT;
  if (node.kind === 'scalar' && typeof node.value === 'number' && node.value > 0) return node.value;
  report(problem('bad-value', node.at, 'bad timeout', '"timeout" is a number of seconds above 0.'));
  return USUAL_TIMEOUT;
}

function withoutSummary(shown: string): ReturnType<typeof problem> {
  const detail = 'The description of a module needs "summary": one line that says what it does.';
  return problem('missing-key', startOf(shown), 'module without summary', detail);
}
