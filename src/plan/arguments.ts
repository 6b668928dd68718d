import type { z } from 'zod';
import type { SourceEntry, SourceMap, SourceNode, SourceRange } from '../model/source.ts';
import type { Condition, Rendering } from '../model/plan.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { AnyModule } from '../modules/define.ts';
import type { Compiler } from './compile.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';

/** A task's arguments, compiled, with everything checked that can be known before the run. */
export interface ArgumentPlan {
  readonly args: Rendering;
  readonly conditionArgs: ReadonlyMap<string, readonly Condition[]>;
  readonly factNames: readonly string[];
  /** Arguments whose value has no template, by name: for checks of files. */
  readonly constants: ReadonlyMap<string, { readonly value: unknown; readonly at: SourceRange }>;
}

/** Compiles and checks the arguments of one task against its module's schema. */
export function planArguments(args: SourceNode, module: AnyModule, compiler: Compiler): ArgumentPlan {
  const map = asMap(args, module, compiler.problems);
  const isCel = (entry: SourceEntry): boolean => {
    const input = module.inputs?.[entry.key];
    return input === 'conditions' || input === 'expression';
  };
  const conditionArgs = new Map(
    map.entries.filter(isCel).map((entry) => [entry.key, conditionsOf(entry.value, compiler)] as const),
  );
  const rest = map.entries.filter((entry) => !isCel(entry));
  const rendered = compiler.value({ ...map, entries: rest });
  const constants = checkShape(map, module, compiler);
  const factNames = module.definesFacts === true ? rest.map((entry) => entry.key) : [];
  return { args: rendered, conditionArgs, factNames, constants };
}

function asMap(args: SourceNode, module: AnyModule, problems: Diagnostic[]): SourceMap {
  if (args.kind === 'map') return args;
  const empty: SourceMap = { kind: 'map', entries: [], at: args.at };
  if (args.kind === 'scalar' && args.value === null) return empty;
  if (module.freeForm !== undefined && args.kind === 'scalar') {
    return { ...empty, entries: [{ key: module.freeForm, keyAt: args.at, value: args }] };
  }
  const looksLikeInline = args.kind === 'scalar' && /^\s*\w+=/.test(String(args.value));
  const mend = looksLikeInline
    ? 'Write "key: value" lines below the module\'s name instead of "key=value" text.'
    : `Write the arguments of "${module.name}" as "key: value" lines below its name.`;
  problems.push(problem('bad-argument', args.at, 'arguments must be a map', mend));
  return empty;
}

function conditionsOf(node: SourceNode, compiler: Compiler): readonly Condition[] {
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) => {
    if (item.kind === 'scalar' && item.value !== null) {
      return [compiler.condition({ text: String(item.value), at: item.at })];
    }
    const detail = 'Write a CEL expression as text, or a list of them.';
    compiler.problems.push(problem('bad-argument', item.at, 'not an expression', detail));
    return [];
  });
}

function checkShape(map: SourceMap, module: AnyModule, compiler: Compiler): ArgumentPlan['constants'] {
  const constants = new Map<string, { value: unknown; at: SourceRange }>();
  const shape = shapeOf(module);
  if (shape === undefined || module.definesFacts === true) return constants;
  for (const entry of map.entries) {
    const schema = shape[entry.key];
    if (schema === undefined) {
      const detail = `"${module.name}" has no argument "${entry.key}".${didYouMean(entry.key, Object.keys(shape))}`;
      compiler.problems.push(problem('bad-argument', entry.keyAt, 'unknown argument', detail));
    } else {
      checkValue(entry, schema, module, { compiler, constants });
    }
  }
  const given = new Set(map.entries.map((entry) => entry.key));
  for (const [name, schema] of Object.entries(shape)) {
    if (given.has(name) || schema.safeParse(undefined).success) continue;
    const detail = `"${module.name}" needs "${name}"${about(schema)}.`;
    compiler.problems.push(problem('bad-argument', map.at, 'missing argument', detail));
  }
  return constants;
}

interface ValueCheck {
  readonly compiler: Compiler;
  readonly constants: Map<string, { value: unknown; at: SourceRange }>;
}

function checkValue(entry: SourceEntry, schema: z.ZodType, module: AnyModule, check: ValueCheck): void {
  const input = module.inputs?.[entry.key];
  if (input === 'conditions' || input === 'expression') return;
  const before = check.compiler.problems.length;
  const rendering = check.compiler.value(entry.value);
  // The whole map is compiled as well: its problems would be told twice.
  check.compiler.problems.length = before;
  if (!rendering.constant) return;
  const value = rendering.render({ get: () => undefined, names: () => [] });
  check.constants.set(entry.key, { value, at: entry.value.at });
  if (input !== undefined) return;
  const parsed = schema.safeParse(value);
  if (parsed.success) return;
  for (const issue of parsed.error.issues) {
    const where = [entry.key, ...issue.path.map(String)].join('.');
    const detail = `"${module.name}": ${where}: ${issue.message}.${about(schema)}`;
    check.compiler.problems.push(problem('bad-argument', entry.value.at, 'wrong argument', detail));
  }
}

function about(schema: z.ZodType): string {
  return schema.description === undefined ? '' : ` (${schema.description.replace(/\.$/, '')})`;
}

/** The schemas of a module's arguments by name; undefined where any name goes (set_fact). */
export function shapeOf(module: AnyModule): Readonly<Record<string, z.ZodType>> | undefined {
  const schema = module.args as z.ZodType & { shape?: Readonly<Record<string, z.ZodType>> };
  return schema.shape;
}
