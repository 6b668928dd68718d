import type { SourceEntry, SourceMap, SourceNode } from '../model/source.ts';

/** What to write in the place of a `with_…`, `action` or `local_action` of Ansible's; undefined: it is none. */
export function foreignForm({ key, value }: SourceEntry): string | undefined {
  if (key === 'action' || key === 'local_action') return moduleForm(key, value);
  if (!key.startsWith('with_')) return undefined;
  const form = Object.hasOwn(LOOPS, key) ? LOOPS[key] : undefined;
  const written =
    form?.(value) ??
    `Write the list itself: loop: ${wordOf(value)}. Lookups on the controller are tasks here.`;
  return `"${key}" is Ansible's old form. ${written}`;
}

type Form = (node: SourceNode) => string;

const LOOPS: Readonly<Record<string, Form>> = {
  with_items: (node) => write(`loop: ${itemsOf(node)}`),
  with_list: (node) => write(`loop: ${flow(node)}`),
  with_flattened: (node) => write(`loop: "{{flatten ${listWord(node)}}}"`),
  with_dict: (node) =>
    write(`loop: "{{items ${wordOf(node)}}}"`, 'item.key and item.value stay as they are.'),
  with_indexed_items: (node) =>
    write(
      `loop: ${itemsOf(node)}\nloop_control: { index_var: index }`,
      'item.0 is index then, and item.1 is item.',
    ),
  with_together: (node) => write(`loop: "{{zip ${words(node)}}}"`, AS_LISTS),
  with_nested: (node) => write(`loop: "{{product ${words(node)}}}"`, AS_LISTS),
  with_cartesian: (node) => write(`loop: "{{product ${words(node)}}}"`, AS_LISTS),
  with_subelements: (node) => write(`loop: "{{subelements ${words(node)}}}"`, AS_LISTS),
  with_sequence: (node) => sequence(node),
  with_inventory_hostnames: (node) => write(`loop: "{{groups.${wordOf(node)}}}"`, 'A group or a region.'),
  with_fileglob: (node) =>
    task(
      `- find: { paths: ${folderOf(node)}, patterns: "${patternOf(node)}" }\n  delegate_to: localhost\n  register: found`,
      'loop: "{{map found.files \\"path\\"}}"',
    ),
  with_lines: (node) =>
    task(
      `- command: ${text(node)}\n  delegate_to: localhost\n  register: lines`,
      'loop: "{{lines.stdout_lines}}"',
    ),
  with_file: (node) =>
    task(
      `- slurp: { src: ${text(node)} }\n  delegate_to: localhost\n  register: read`,
      'use {{base64decode read.content}}',
    ),
  with_first_found: () =>
    'Files that may or may not be there: a list inside vars_files takes the first that is found; for tasks name the file by a variable: include_tasks: "install-{{ansible_facts.os_family}}.yml".',
  with_random_choice: () => 'Nothing here is left to chance: name the item.',
  with_env: () => 'Facts hold the environment of a node: ansible_facts.env.',
  with_pipe: (node) =>
    task(`- shell: ${text(node)}\n  delegate_to: localhost\n  register: piped`, 'use {{piped.stdout}}'),
};

const AS_LISTS =
  'item.0 and item.1 are {{item.[0]}} and {{item.[1]}} in templates, item[0] and item[1] in conditions.';

function write(form: string, further = ''): string {
  return `Write:\n${form.replace(/^/gm, '  ')}${further === '' ? '' : `\n${further}`}`;
}

function task(before: string, then: string): string {
  return `Write a task before it:\n${before.replace(/^/gm, '  ')}\nand here:\n  ${then.replaceAll('\\"', "'")}`;
}

/** Ansible flattens one level of with_items. */
function itemsOf(node: SourceNode): string {
  if (node.kind !== 'list') return flow(node);
  const nested = node.items.some((item) => item.kind === 'list' || isLone(item));
  return nested ? `"{{flatten ${listWord(node)}}}"` : flow(node);
}

function sequence(node: SourceNode): string {
  const given = new Map(
    [...text(node).matchAll(/(\w+)=("[^"]*"|\{\{.*?\}\}|\S+)/g)].map(([, key, value]) => [key, value]),
  );
  const bare = /^\s*(?:(\d+)-)?(\d+)(?:\/(\d+))?\s*$/.exec(text(node));
  const number = (key: string, other: string): string => {
    const value = given.get(key)?.replace(/^"|"$/g, '') ?? other;
    return value.includes('{{') ? `(int ${inner(value)})` : value;
  };
  const start = number('start', bare?.[1] ?? '1');
  const end = given.has('count')
    ? number('count', '1')
    : number('end', bare?.[2] ?? (text(node).trim() === '' ? '1' : 'LAST'));
  const stride = number('stride', bare?.[3] ?? '');
  // `range` stops before its end.
  const behind = /^-?\d+$/.test(end) ? String(Number(end) + 1) : `(add ${end} 1)`;
  const further = given.has('format') ? 'The format goes where the item is used, e.g. node-{{item}}.' : '';
  return write(`loop: "{{range ${start} ${behind}${stride === '' ? '' : ` ${stride}`}}}"`, further);
}

/** `local_action: copy src=a dest=b`, `local_action: {module: copy, src: a}`. */
function moduleForm(key: string, node: SourceNode): string {
  const { name, args } = node.kind === 'map' ? partsOfMap(node) : partsOfText(text(node));
  const local = key === 'local_action' ? '\ndelegate_to: localhost' : '';
  return `"${key}" is Ansible's old form. ${write(`${name}: ${args}${local}`)}`;
}

function partsOfMap(map: SourceMap): { readonly name: string; readonly args: string } {
  const module = map.entries.find(({ key }) => key === 'module' || key === '__ansible_module__');
  const [name = 'MODULE', ...line] = module === undefined ? [] : text(module.value).split(/\s+/);
  const rest = map.entries.filter((entry) => entry !== module);
  return { name, args: line.length > 0 ? line.join(' ') : flow({ ...map, entries: rest }) };
}

const FREE = ['command', 'shell', 'raw', 'script', 'meta'];

function partsOfText(line: string): { readonly name: string; readonly args: string } {
  const [, name = 'MODULE', rest = ''] = /^\s*(\S+)\s*([^]*)$/.exec(line) ?? [];
  const pairs = [...rest.matchAll(/(\w+)=("[^"]*"|'[^']*'|\S+)/g)];
  if (FREE.includes(name.replace(/^ansible\.\w+\./, '')) || pairs.length === 0) return { name, args: rest };
  return { name, args: `{ ${pairs.map(([, key, value]) => `${key}: ${quoted(value ?? '')}`).join(', ')} }` };
}

function quoted(value: string): string {
  return /^["']|^[\w./-]+$/.test(value) ? value : JSON.stringify(value);
}

/** As it stands on one line of YAML. */
function flow(node: SourceNode): string {
  if (node.kind === 'list') return `[${node.items.map(flow).join(', ')}]`;
  if (node.kind === 'map') {
    return `{ ${node.entries.map(({ key, value }) => `${key}: ${flow(value)}`).join(', ')} }`;
  }
  if (typeof node.value !== 'string') return String(node.value);
  if (isLone(node)) return `"{{${inner(node.value)}}}"`;
  return quoted(node.value);
}

function isLone(node: SourceNode): boolean {
  return (
    node.kind === 'scalar' && typeof node.value === 'string' && /^\s*\{\{[^{}]*\}\}\s*$/.test(node.value)
  );
}

function inner(value: string): string {
  return value.replace(/^\s*\{\{\s*|\s*\}\}\s*$/g, '');
}

/** As an argument of a helper. */
function wordOf(node: SourceNode): string {
  if (node.kind === 'list') return listWord(node);
  if (node.kind === 'map') {
    return `(object ${node.entries.map(({ key, value }) => `${key}=${literal(value)}`).join(' ')})`;
  }
  return typeof node.value === 'string' ? inner(node.value) : String(node.value);
}

function words(node: SourceNode): string {
  return node.kind === 'list' ? node.items.map((item, i) => argument(item, i)).join(' ') : wordOf(node);
}

/** The second argument of subelements is a name, no variable. */
function argument(node: SourceNode, i: number): string {
  if (i > 0 && node.kind === 'scalar' && !isLone(node)) return literal(node);
  return wordOf(node);
}

function listWord(node: SourceNode): string {
  return node.kind === 'list' ? `(array ${node.items.map(literal).join(' ')})` : wordOf(node);
}

function literal(node: SourceNode): string {
  if (node.kind !== 'scalar' || isLone(node)) return wordOf(node);
  return typeof node.value === 'string' ? `'${node.value}'` : String(node.value);
}

function text(node: SourceNode): string {
  return node.kind === 'scalar' ? String(node.value ?? '') : flow(node);
}

function folderOf(node: SourceNode): string {
  const [first = ''] = node.kind === 'list' ? node.items.map(text) : [text(node)];
  return first.includes('/') ? first.slice(0, first.lastIndexOf('/')) : '.';
}

function patternOf(node: SourceNode): string {
  const [first = ''] = node.kind === 'list' ? node.items.map(text) : [text(node)];
  return first.slice(first.lastIndexOf('/') + 1);
}
