import type { Data } from '../model/data.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import { TemplateError } from './errors.ts';
import { known, memberNames, memberOf } from './member.ts';
import type { PathExpression } from './syntax.ts';
import { kindOf } from './text.ts';
import { placeOf, reject } from './unit.ts';
import type { Frame, Read, Scope, Unit } from './unit.ts';

const LOOP_NAMES = ['index', 'key', 'first', 'last'];

/** How a path begins: where its first value comes from and which members follow. */
interface Start {
  readonly read: Read;
  readonly name: string;
  readonly rest: readonly string[];
  readonly root: boolean;
}

/**
 * Compiles a path such as `a.b`, `this`, `../x` or `@index`. With `optional` a missing variable or member
 * gives undefined; else it is an error that says what there is.
 */
export function compilePath(unit: Unit, scope: Scope, path: PathExpression, optional: boolean): Read {
  const start = startOf(unit, scope, path);
  if (typeof start === 'function') return start;
  const at = placeOf(unit, path);
  if (start.root) {
    const full = [start.name, ...start.rest];
    unit.references.push({ path: full, at, optional, inBranch: unit.branches > 0 });
  }
  const inner = scope.up !== undefined;
  return (frame) => {
    let value = start.read(frame);
    let name = start.name;
    for (const part of start.rest) {
      if (value === undefined) break;
      const next: Data | undefined = memberOf(value, part);
      if (next === undefined && !optional) throw noMember(name, value, part, at);
      value = next;
      name = `${name}.${part}`;
    }
    if (value === undefined && !optional) throw notDefined(start, frame, inner, at);
    return start.rest.length === 0 && optional ? value : known(value);
  };
}

function startOf(unit: Unit, scope: Scope, path: PathExpression): Start | Read {
  if (path.data) return dataStart(unit, scope, path);
  const [name, ...rest] = path.parts;
  const explicit = /^(?:\.|this\b)/.test(path.original);
  if (!explicit && name !== undefined) {
    const param = blockParam(scope, name);
    if (param) return { read: param, name, rest, root: false };
  }
  let target: Scope | undefined = scope;
  for (let i = 0; i < path.depth; i++) target = target?.up;
  if (!target)
    return reject(unit, path, 'path out of reach', `"${path.original}" leads above the variables.`);
  if (!target.up) return rootStart(unit, path, name, rest);
  if (name === undefined)
    return { read: (frame) => climb(frame, path.depth).item, name: 'this', rest, root: false };
  return { read: (frame) => memberOf(climb(frame, path.depth).item, name), name, rest, root: false };
}

function rootStart(unit: Unit, path: PathExpression, name: string | undefined, rest: readonly string[]) {
  if (name === undefined) {
    return reject(
      unit,
      path,
      'no value of its own',
      `"${path.original}" would be all variables here. Name the one that is meant.`,
    );
  }
  return { read: (frame: Frame) => frame.lookup.get(name), name, rest, root: true };
}

/** `@index` and the like, `@../index`, and `@root.name`. */
function dataStart(unit: Unit, scope: Scope, path: PathExpression): Start | Read {
  const [name = '', ...rest] = path.parts;
  if (name === 'root') return rootStart(unit, path, rest[0], rest.slice(1));
  if (!LOOP_NAMES.includes(name)) {
    const hint = didYouMean(name, [...LOOP_NAMES, 'root']).replace('"', '"@');
    return reject(unit, path, 'unknown name', `There is no "${path.original}".${hint}`);
  }
  let depth = path.depth;
  let climbs = 0;
  for (let at: Scope | undefined = scope; at; at = at.up, climbs++) {
    if (!at.loop || depth-- > 0) continue;
    const steps = climbs;
    return { read: (frame) => climb(frame, steps).loop?.[name], name: path.original, rest, root: false };
  }
  return reject(unit, path, 'unknown name', `"${path.original}" exists inside {{#each}} only.`);
}

function blockParam(scope: Scope, name: string): Read | undefined {
  let climbs = 0;
  for (let at: Scope | undefined = scope; at; at = at.up, climbs++) {
    const index = at.params.indexOf(name);
    const steps = climbs;
    if (index >= 0) return (frame) => climb(frame, steps).params[index];
  }
  return undefined;
}

function climb(frame: Frame, steps: number): Frame {
  let at = frame;
  for (let i = 0; i < steps; i++) at = at.up ?? at;
  return at;
}

function noMember(name: string, value: Data, part: string, at: TemplateError['at']): TemplateError {
  const what = typeof value === 'object' && value !== null ? '' : `: it is ${kindOf(value)}`;
  const hint = didYouMean(part, memberNames(value));
  return new TemplateError(`"${name}" has no member "${part}"${what}.${hint}`, at);
}

function notDefined(start: Start, frame: Frame, inner: boolean, at: TemplateError['at']): TemplateError {
  const { name } = start;
  if (start.root) {
    return new TemplateError(`"${name}" is not defined.${didYouMean(name, frame.lookup.names())}`, at);
  }
  const variable = [...frame.lookup.names()].includes(name);
  const hint = variable
    ? ` Inside a block the variable is written "@root.${name}".`
    : didYouMean(name, memberNames(frame.item));
  return new TemplateError(`"${name}" is not defined${inner ? ' in this block' : ''}.${hint}`, at);
}
