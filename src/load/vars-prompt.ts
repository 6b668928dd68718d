import { problem } from '../diagnostics/diagnostic.ts';
import type { VarPrompt } from '../model/playbook.ts';
import type { SourceMap, SourceNode } from '../model/source.ts';
import { checkVariableName } from './names.ts';
import { asBoolean, asList, asMap, asText, checkKeys, fieldsOf, isNull, isTemplate } from './shape.ts';
import type { Report } from './shape.ts';

const KEYS = ['name', 'prompt', 'default', 'private', 'confirm', 'unsafe'];
const HASHES = ['encrypt', 'salt', 'salt_size'];

/** `vars_prompt` of a play. */
export function promptsOf(node: SourceNode | undefined, report: Report): readonly VarPrompt[] {
  if (node === undefined || isNull(node)) return [];
  const list = asList(node, '"vars_prompt"', report);
  return (list?.items ?? []).flatMap((item) => {
    const map = asMap(item, 'Each item of "vars_prompt"', report);
    return map === undefined ? [] : promptOf(map, report);
  });
}

function promptOf(map: SourceMap, report: Report): readonly VarPrompt[] {
  const hash = map.entries.find(({ key }) => HASHES.includes(key));
  if (hash !== undefined) {
    const detail = `"${hash.key}" is not supported: what is typed is not hashed. Ask for the hash, or make it on a node (openssl passwd -6 -stdin).`;
    report(problem('unknown-key', hash.keyAt, 'not supported', detail));
  }
  const asked = { ...map, entries: map.entries.filter(({ key }) => !HASHES.includes(key)) };
  checkKeys(asked, KEYS, 'an item of "vars_prompt"', report);
  const fields = fieldsOf(asked);
  const get = (key: string): SourceNode | undefined => fields.get(key)?.value;
  const words = (key: string): string | undefined => {
    const node = get(key);
    if (node === undefined || isNull(node)) return undefined;
    if (isTemplate(node)) {
      const detail = `"${key}" is asked before any variable is known: no template is possible here.`;
      report(problem('bad-value', node.at, 'no template here', detail));
      return undefined;
    }
    if (key === 'default' && node.kind === 'scalar') return String(node.value);
    return asText(node, `"${key}" of "vars_prompt"`, report);
  };
  const flag = (key: string): boolean | undefined => {
    const node = get(key);
    return node && asBoolean(node, `"${key}"`, report);
  };
  const name = words('name');
  if (name === undefined) {
    if (!fields.has('name')) {
      const detail = 'An item of "vars_prompt" needs "name": the variable that it asks for.';
      report(problem('missing-key', map.at, 'missing key', detail));
    }
    return [];
  }
  if (!checkVariableName(name, get('name')?.at ?? map.at, report)) return [];
  const [shown, confirm] = [flag('private'), flag('confirm')];
  return [
    {
      ...{ name, question: words('prompt') ?? name, default: words('default') },
      ...{ private: shown ?? true, confirm: confirm ?? false, at: map.at },
    },
  ];
}
