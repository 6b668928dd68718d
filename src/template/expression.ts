import type { Data, DataMap } from '../model/data.ts';
import type { SourceRange } from '../model/source.ts';
import { UnknownValueError } from '../model/data.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import { ArgumentError, TemplateError } from './errors.ts';
import type { Helper, LazyHelper } from './helpers/helper.ts';
import { findHelper, findLazyHelper, helperNames } from './helpers/table.ts';
import { compilePath } from './path.ts';
import type { Call, Expression, PathExpression } from './syntax.ts';
import { inBranch, placeOf, reject } from './unit.ts';
import type { Frame, Read, Scope, Unit } from './unit.ts';

const DEEPEST = 50;

/** Compiles a path, literal or `(helper …)`; see {@link compilePath} for `optional`. */
export function compileExpression(unit: Unit, scope: Scope, node: Expression, optional = false): Read {
  switch (node.type) {
    case 'PathExpression':
      return compilePath(unit, scope, node, optional);
    case 'SubExpression':
      return compileNested(unit, scope, node, optional);
    case 'NullLiteral':
      return () => null;
    case 'UndefinedLiteral':
      return reject(unit, node, 'no such value', 'There is no "undefined"; null is the empty value.');
    case 'StringLiteral':
    case 'NumberLiteral':
    case 'BooleanLiteral': {
      const { value } = node;
      return () => value;
    }
  }
}

function compileNested(unit: Unit, scope: Scope, call: Call, optional: boolean): Read {
  if (unit.depth >= DEEPEST) {
    return reject(unit, call, 'nested too deep', `Calls go at most ${DEEPEST} levels deep.`);
  }
  unit.depth++;
  const read = compileCall(unit, scope, call, optional);
  unit.depth--;
  return read;
}

/** Compiles `helper argument … name=value`. */
export function compileCall(unit: Unit, scope: Scope, call: Call, optional = false): Read {
  const name = helperName(call.path);
  const lazy = name === undefined ? undefined : findLazyHelper(name);
  const helper = name === undefined ? undefined : findHelper(name);
  const found = lazy ?? helper;
  if (name === undefined || !found) return unknownHelper(unit, call);
  if (!fits(unit, call, name, found)) return () => null;
  return lazy
    ? compileLazy(unit, scope, call, { name, lazy })
    : compileEager(unit, scope, call, { name, helper: helper as Helper, optional });
}

function compileEager(
  unit: Unit,
  scope: Scope,
  call: Call,
  { name, helper, optional }: { name: string; helper: Helper; optional: boolean },
): Read {
  const at = placeOf(unit, call);
  const args = call.params.map((param) => compileExpression(unit, scope, param));
  const named = (call.hash?.pairs ?? []).map(
    ({ key, value }) => [key, compileExpression(unit, scope, value)] as const,
  );
  return (frame) => {
    const values = args.map((arg) => arg(frame) as Data);
    const options: DataMap = Object.fromEntries(named.map(([key, value]) => [key, value(frame) as Data]));
    const result = blame(name, at, () => helper.call(values, options));
    if (result !== undefined || optional) return result;
    const what = typeof values[1] === 'string' || typeof values[1] === 'number' ? ` "${values[1]}"` : '';
    const where = call.params[0]?.type === 'PathExpression' ? ` in "${call.params[0].original}"` : '';
    throw new TemplateError(`${name}: there is no${what || ' item'}${where}.`, at);
  };
}

function compileLazy(
  unit: Unit,
  scope: Scope,
  call: Call,
  { name, lazy }: { name: string; lazy: LazyHelper },
): Read {
  const at = placeOf(unit, call);
  const args = call.params.map((param, i) => {
    const compile = (): Read => compileExpression(unit, scope, param, lazy.optional(i, call.params.length));
    return i === 0 ? compile() : inBranch(unit, compile);
  });
  return (frame) => blame(name, at, () => lazy.call(args.map((arg) => () => arg(frame))));
}

function blame<T>(name: string, at: SourceRange, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof TemplateError || error instanceof UnknownValueError) throw error;
    const cause = error instanceof ArgumentError ? error.message : 'the value is too large';
    throw new TemplateError(`${name}: ${cause}.`, at, { cause: error });
  }
}

/** The name before the arguments; undefined when it is no simple name. */
export function helperName(path: Expression): string | undefined {
  if (path.type !== 'PathExpression' || path.data || path.depth > 0 || path.parts.length !== 1)
    return undefined;
  return path.original === path.parts[0] ? path.parts[0] : undefined;
}

function unknownHelper(unit: Unit, call: Call): Read {
  // A number may stand there too.
  const name = String((call.path as Partial<PathExpression>).original ?? 'this');
  const hint = didYouMean(name, helperNames());
  const how = hint === '' ? ' The helpers are listed in docs/templates.md.' : hint;
  return reject(unit, call.path, 'unknown helper', `There is no helper "${name}".${how}`);
}

function fits(unit: Unit, call: Call, name: string, helper: Helper | LazyHelper): boolean {
  const [fewest, most] = helper.arity;
  const count = call.params.length;
  const before = unit.problems.length;
  if (count < fewest || count > most) {
    const wants = fewest === most ? `${fewest}` : most >= 100 ? `at least ${fewest}` : `${fewest} to ${most}`;
    const detail = `"${name}" takes ${wants} argument${wants === '1' ? '' : 's'}, got ${count}. Usage: ${helper.usage}`;
    reject(unit, call, 'wrong number of arguments', detail);
  }
  const named = 'named' in helper ? (helper.named ?? []) : [];
  for (const pair of call.hash?.pairs ?? []) {
    if (named === 'any' || named.includes(pair.key)) continue;
    const detail = `"${name}" takes no "${pair.key}=".${didYouMean(pair.key, named)} Usage: ${helper.usage}`;
    reject(unit, pair, 'unknown argument', detail);
  }
  return unit.problems.length === before;
}

/** The value of an expression that is not optional. */
export function valueOf(read: Read, frame: Frame): Data {
  return read(frame) as Data;
}
