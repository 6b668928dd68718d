import type { Data } from '../model/data.ts';
import type { Rendering } from '../model/rendering.ts';
import type { SourceEntry, SourceMap, SourceNode, SourceRange, SourceScalar } from '../model/source.ts';
import { UnknownValueError } from '../model/data.ts';
import type { Checked, Diagnostic } from '../diagnostics/diagnostic.ts';
import { compileMustache, compileProgram } from './block.ts';
import { TemplateError } from './errors.ts';
import { parseTemplate } from './parse.ts';
import { placesInScalar } from './place.ts';
import { constant, outermost, rendering } from './render.ts';
import type { Program } from './syntax.ts';
import { asText, wholly } from './text.ts';
import type { Frame, FoundReference, Read, Unit } from './unit.ts';

/** Part of a tree: its plain value where it has no template, else how to work it out. */
type Part = { readonly plain: Data } | { readonly read: Read };

interface Findings {
  readonly problems: Diagnostic[];
  readonly references: FoundReference[];
}

/**
 * Compiles a value the user wrote: texts with `{{…}}` in it become templates, all else stays.
 * A text that is one lone `{{…}}` gives the value itself (list, number, boolean), any other gives text.
 */
export function compileValue(node: SourceNode): Checked<Rendering> {
  const findings: Findings = { problems: [], references: [] };
  const part = compileNode(node, findings);
  if ('plain' in part && findings.problems.length === 0) return constant(node.at, part.plain);
  return rendering(node.at, readOf(part), findings.references, findings.problems);
}

function readOf(part: Part): Read {
  if ('read' in part) return part.read;
  const { plain } = part;
  return () => plain;
}

function compileNode(node: SourceNode, findings: Findings): Part {
  if (node.kind === 'scalar') return compileScalar(node, findings);
  if (node.kind === 'map') return compileMap(node, findings);
  const parts = node.items.map((item) => compileNode(item, findings));
  if (parts.every((part) => 'plain' in part)) return { plain: parts.map((part) => part.plain) };
  const reads = parts.map(readOf);
  return { read: (frame) => reads.map((read) => read(frame) as Data) };
}

function compileMap(node: SourceMap, findings: Findings): Part {
  const entries = node.entries.map((entry) => ({
    at: entry.keyAt,
    key: compileKey(entry, findings),
    value: compileNode(entry.value, findings),
  }));
  if (entries.every(({ key, value }) => 'plain' in key && 'plain' in value)) {
    const plain = entries.map(({ key, value }) => [asText(plainOf(key)), plainOf(value)] as const);
    return { plain: Object.fromEntries(plain) };
  }
  const named = namedReads(entries);
  if (named !== undefined) return { read: (frame) => readNamed(frame, named) };
  const reads = entries.map(({ at, key, value }) => ({ at, key: readOf(key), value: readOf(value) }));
  return { read: (frame) => readMap(frame, reads) };
}

/** The usual map, whose names are fixed; undefined: some are templates, or twice there. */
function namedReads(
  entries: readonly { readonly key: Part; readonly value: Part }[],
): readonly NamedRead[] | undefined {
  const reads = entries.flatMap(({ key, value }) =>
    'plain' in key ? [{ name: asText(key.plain), read: readOf(value) }] : [],
  );
  const names = new Set(reads.map(({ name }) => name));
  // The prototype's name would set the prototype.
  return names.size === entries.length && !names.has('__proto__') ? reads : undefined;
}

interface NamedRead {
  readonly name: string;
  readonly read: Read;
}

function readNamed(frame: Frame, entries: readonly NamedRead[]): Data {
  const map: Record<string, Data> = {};
  for (const { name, read } of entries) map[name] = read(frame) as Data;
  return map;
}

function plainOf(part: Part): Data {
  return 'plain' in part ? part.plain : null;
}

function compileKey({ key, keyAt }: SourceEntry, findings: Findings): Part {
  return compileScalar(
    { kind: 'scalar', value: key, quoted: keyAt.length > key.length, at: keyAt },
    findings,
  );
}

interface EntryReads {
  readonly at: SourceRange;
  readonly key: Read;
  readonly value: Read;
}

function readMap(frame: Frame, entries: readonly EntryReads[]): Data {
  const map = new Map<string, Data>();
  for (const { at, key, value } of entries) {
    const name = key(frame) as Data;
    if (typeof name === 'object') throw new TemplateError('The name of an entry must be a text.', at);
    const text = String(name);
    if (map.has(text)) throw new TemplateError(`Two entries of this map have the name "${text}".`, at);
    map.set(text, value(frame) as Data);
  }
  return Object.fromEntries(map);
}

function compileScalar(node: SourceScalar, findings: Findings): Part {
  if (typeof node.value !== 'string' || node.verbatim === true || !node.value.includes('{{')) {
    return { plain: node.value };
  }
  const { problems, references } = findings;
  const unit: Unit = { problems, references, place: placesInScalar(node), branches: 0, depth: 0 };
  const program = parseTemplate(node.value, unit.place);
  if ('severity' in program) {
    findings.problems.push(program);
    return { plain: null };
  }
  return compileTemplate(unit, program, node.at);
}

function compileTemplate(unit: Unit, program: Program, at: SourceRange): Part {
  const [only, ...others] = program.body.filter(
    ({ type, ...rest }) =>
      type !== 'CommentStatement' && !(type === 'ContentStatement' && 'value' in rest && rest.value === ''),
  );
  if (only?.type !== 'MustacheStatement' || others.length > 0) {
    return { read: compileProgram(unit, outermost, program) };
  }
  const read = compileMustache(unit, outermost, only);
  return { read: (frame) => whole(read(frame) as Data, at) };
}

function whole(value: Data, at: SourceRange): Data {
  try {
    return wholly(value);
  } catch (error) {
    if (error instanceof UnknownValueError) throw error;
    throw new TemplateError(`${(error as Error).message}.`, at, { cause: error });
  }
}
