import type { Data } from '../model/data.ts';
import type { SourceEntry, SourceMap, SourceNode, SourceRange } from '../model/source.ts';
import type { Condition, Rendering } from '../model/rendering.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { AnyModule } from '../modules/define.ts';
import type { ArgumentInfo } from '../modules/schema.ts';
import { whyNoVariable } from '../modules/set_fact/index.ts';
import { compileValue } from '../template/value.ts';
import type { Compiler } from './compile.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';

/** A task's arguments, compiled, with everything checked that can be known before the run. */
export interface ArgumentPlan {
  readonly args: Rendering;
  readonly conditionArgs: ReadonlyMap<string, readonly Condition[]>;
  readonly factNames: readonly string[];
  /** Arguments whose value has no template, by name: for checks of files. */
  readonly constants: ReadonlyMap<string, ConstantArgument>;
}

export interface ConstantArgument {
  readonly value: Data;
  readonly at: SourceRange;
}

/** Where the arguments of one task are written. */
export interface GivenArguments {
  /** Beside the module's name. */
  readonly args: SourceNode;
  /** Below `args`. */
  readonly more: SourceMap | undefined;
  /** `module_defaults` from the outermost to the innermost. */
  readonly defaults: readonly SourceMap[];
}

/** Compiles and checks the arguments of one task against its module's schema. */
export function planArguments(given: GivenArguments, module: AnyModule, compiler: Compiler): ArgumentPlan {
  const own = asMap(given.args, module, compiler.problems);
  const map = withMore(own ?? { ...NONE, at: given.args.at }, given, compiler.problems);
  const isCel = (entry: SourceEntry): boolean => {
    const input = module.inputs?.[entry.key];
    return input === 'conditions' || input === 'expression';
  };
  const conditionArgs = new Map(
    map.entries.filter(isCel).map((entry) => [entry.key, conditionsOf(entry.value, compiler)] as const),
  );
  const rest = map.entries.filter((entry) => !isCel(entry));
  const rendered = compiler.value({ ...map, entries: rest });
  // What is no map at all has been told; that everything is missing in it follows.
  const constants =
    own === undefined ? new Map<string, ConstantArgument>() : checkShape(map, module, compiler);
  const factNames =
    module.definesFacts === true || module.namesVariables === true ? rest.map((entry) => entry.key) : [];
  if (module.definesFacts === true) checkFactNames(rest, compiler.problems);
  return { args: rendered, conditionArgs, factNames, constants };
}

function checkFactNames(entries: readonly SourceEntry[], problems: Diagnostic[]): void {
  for (const { key, keyAt } of entries) {
    const why = key.includes('{{') ? undefined : whyNoVariable(key);
    if (why !== undefined)
      problems.push(
        problem('bad-argument', keyAt, 'bad name of a variable', `"${key}" cannot be set: ${why}.`),
      );
  }
}

/** The task's own arguments, then those below `args`, then the innermost default: each once. */
function withMore(own: SourceMap, { more, defaults }: GivenArguments, problems: Diagnostic[]): SourceMap {
  const entries = new Map(own.entries.map((entry) => [entry.key, entry]));
  for (const entry of more?.entries ?? []) {
    const twice = entries.get(entry.key);
    if (twice === undefined) entries.set(entry.key, entry);
    else {
      const detail = `"${entry.key}" is given in line ${twice.keyAt.line} already.`;
      problems.push(problem('duplicate', entry.keyAt, 'argument given twice', detail));
    }
  }
  for (const entry of defaults.toReversed().flatMap((map) => map.entries)) {
    if (!entries.has(entry.key)) entries.set(entry.key, entry);
  }
  return entries.size === own.entries.length ? own : { ...own, entries: [...entries.values()] };
}

const NONE = { kind: 'map', entries: [] } as const;

/** undefined: it is none, and that has been said. */
function asMap(args: SourceNode, module: AnyModule, problems: Diagnostic[]): SourceMap | undefined {
  if (args.kind === 'map') return args;
  const empty: SourceMap = { ...NONE, at: args.at };
  if (args.kind === 'scalar' && args.value === null) return empty;
  if (module.freeForm !== undefined && args.kind === 'scalar') {
    return { ...empty, entries: [{ key: module.freeForm, keyAt: args.at, value: args }] };
  }
  const looksLikeInline = args.kind === 'scalar' && /^\s*\w+=/.test(String(args.value));
  const mend = looksLikeInline
    ? 'Write "key: value" lines below the module\'s name instead of "key=value" text.'
    : `Write the arguments of "${module.name}" as "key: value" lines below its name.`;
  problems.push(problem('bad-argument', args.at, 'arguments must be a map', mend));
  return undefined;
}

function conditionsOf(node: SourceNode, compiler: Compiler): readonly Condition[] {
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) => {
    if (item.kind === 'scalar' && item.value !== null) {
      return [compiler.condition({ text: String(item.value), at: item.at })];
    }
    if (item.kind === 'map') return conditionWithMessage(item, compiler);
    const detail = 'Write a CEL expression as text, or a list of them.';
    compiler.problems.push(problem('bad-argument', item.at, 'not an expression', detail));
    return [];
  });
}

/** `{that: CONDITION, msg: TEXT}` */
function conditionWithMessage(map: SourceMap, compiler: Compiler): readonly Condition[] {
  const [that, msg] = ['that', 'msg'].map((key) => map.entries.find((entry) => entry.key === key)?.value);
  const other = map.entries.find(({ key }) => key !== 'that' && key !== 'msg');
  if (other !== undefined || that?.kind !== 'scalar' || msg === undefined) {
    const detail = 'A condition with a message has two keys: that (a CEL expression) and msg.';
    compiler.problems.push(problem('bad-argument', other?.keyAt ?? map.at, 'not a condition', detail));
    return [];
  }
  const message = compiler.value(msg);
  const condition = compiler.condition({ text: String(that.value), at: that.at });
  return [{ ...condition, message, references: [...condition.references, ...message.references] }];
}

function checkShape(map: SourceMap, module: AnyModule, compiler: Compiler): ArgumentPlan['constants'] {
  const constants = new Map<string, ConstantArgument>();
  const infos = compiler.catalog.of(module);
  if (infos === undefined) return constants;
  const byName = new Map(infos.map((info) => [info.name, info]));
  for (const entry of map.entries) {
    const info = byName.get(entry.key);
    if (info === undefined) {
      const detail = `"${module.name}" has no argument "${entry.key}".${didYouMean(entry.key, byName.keys())}`;
      compiler.problems.push(problem('bad-argument', entry.keyAt, 'unknown argument', detail));
    } else {
      checkValue(entry, info, module, { compiler, constants });
    }
  }
  const given = new Set(map.entries.map((entry) => entry.key));
  for (const info of infos.filter((i) => i.required && !given.has(i.name))) {
    const detail = `"${module.name}" needs "${info.name}"${about(info)}.`;
    compiler.problems.push(problem('bad-argument', map.at, 'missing argument', detail));
  }
  return constants;
}

interface ValueCheck {
  readonly compiler: Compiler;
  readonly constants: Map<string, ConstantArgument>;
}

function checkValue(entry: SourceEntry, info: ArgumentInfo, module: AnyModule, check: ValueCheck): void {
  const input = module.inputs?.[entry.key];
  if (input === 'conditions' || input === 'expression') return;
  const value = constantOf(entry.value);
  if (value === undefined) return;
  check.constants.set(entry.key, { value, at: entry.value.at });
  if (input !== undefined) return;
  for (const wrong of info.check(value)) {
    const detail = `"${module.name}": ${wrong}${about(info)}.`;
    check.compiler.problems.push(problem('bad-argument', entry.value.at, 'wrong argument', detail));
  }
}

/** The value of a tree without any template; undefined: it has one. */
function constantOf(node: SourceNode): Data | undefined {
  // Compiling a template only to learn that it is one would double the work of large playbooks.
  if (hasTemplate(node)) return undefined;
  const { value } = compileValue(node);
  return value.constant ? value.render({ get: () => undefined, names: () => [] }) : undefined;
}

function hasTemplate(node: SourceNode): boolean {
  if (node.kind === 'scalar') return typeof node.value === 'string' && node.value.includes('{{');
  if (node.kind === 'list') return node.items.some(hasTemplate);
  return node.entries.some(({ key, value }) => key.includes('{{') || hasTemplate(value));
}

function about(info: ArgumentInfo): string {
  return info.description === '' ? '' : ` (${info.description.replace(/\.$/, '')})`;
}
