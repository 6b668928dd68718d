import type { EvaluationError, ParseError, TypeError as CelTypeError } from '@marcbachmann/cel-js';
import type { Data } from '../../model/data.ts';
import type { Lookup } from '../../model/rendering.ts';
import { Unknown } from '../../model/data.ts';
import { didYouMean } from '../../diagnostics/suggest.ts';
import { memberNames, memberOf } from '../member.ts';
import type { CelNode } from './tree.ts';
import { walkTree } from './tree.ts';

export type CelError = EvaluationError | ParseError | CelTypeError;

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/dyn<(.+?)>(?=$|[\s,)])/g, '$1'],
  [/\bdyn\b/g, 'any value'],
  [/\bstring\b/g, 'text'],
  [/\bint\b/g, 'whole number'],
  [/\bdouble\b/g, 'number'],
  [/\bbool\b/g, 'boolean'],
  [/\bnull_type\b/g, 'null'],
  [/\b(list|map)<[^ ]*>/g, '$1'],
];
const TYPE_NAMES = new Set([
  'bool',
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'list',
  'map',
  'type',
  'dyn',
]);

/** What is wrong with an expression, in words; found when parsing or when checking its types. */
export function explainStatic(error: CelError, functions: Iterable<string>, root?: CelNode): string {
  const node = error.node as CelNode | undefined;
  if (error.code === 'reserved_identifier') {
    const name = error.summary.split(' ').at(-1);
    return `"${name}" is a reserved word; the variable of that name is vars.${name}.`;
  }
  if (error.code === 'invalid_macro_argument') {
    return 'has() takes a member: has(vars.name) for a variable, has(result.stdout) for a member.';
  }
  if (error.code === 'no_matching_overload' && node)
    return explainCall(error, node, functions) + typeHint(root);
  if (error.code === 'no_such_overload') return explainOperator(error.summary, node) + typeHint(root);
  if (error.code === 'invalid_logical_operand')
    return `"&&" and "||" ${plainKinds(boolWords(error.summary))}.`;
  if (error.code === 'index_out_of_bounds') {
    return `There is no item ${/index (-?\d+)/.exec(error.summary)?.[1] ?? ''}: the list is shorter.`;
  }
  return `${plainKinds(error.summary).replace('Unexpected token: EOF', 'The condition ends too early')}.`;
}

function boolWords(summary: string): string {
  return summary.replace('Logical operator requires bool operands', 'take booleans');
}

/** What went wrong when an expression met the values. */
export function explainRuntime(error: CelError, lookup: Lookup, functions: Iterable<string>): string {
  const node = error.node as CelNode | undefined;
  if (error.code === 'unknown_variable') {
    const name = error.summary.replace('Unknown variable: ', '');
    return `"${name}" is not defined.${didYouMean(name, lookup.names())}`;
  }
  if (error.code === 'no_such_key' && node) return explainMember(error, node, lookup);
  return explainStatic(error, functions);
}

function explainCall(error: CelError, node: CelNode, functions: Iterable<string>): string {
  const name = (node.args as [string])[0];
  const known = new Set(functions);
  if (known.has(name)) return `${plainKinds(error.summary).replace(/^found/, 'Found')}.`;
  return `There is no function "${name}".${didYouMean(name, known)}`;
}

function explainOperator(summary: string, node: CelNode | undefined): string {
  const words = plainKinds(summary).replace('no such overload: ', '');
  const hint = node ? operatorHint(node.op, words) : '';
  return `Cannot work out: ${words}.${hint}`;
}

function operatorHint(operator: string, words: string): string {
  if (operator === 'in' && words.endsWith('text')) return ' For a part of a text write text.contains(part).';
  if (words.includes('text') && words.includes('number')) {
    return ' Convert one side: int(text), double(text) or string(number).';
  }
  return operator === '!_' ? ' "!" takes a boolean: compare instead, as in x != "".' : '';
}

function explainMember(error: CelError, node: CelNode, lookup: Lookup): string {
  const key = /^No such key: ([^]*)$/.exec(error.summary)?.[1] ?? '';
  const path = walkTree((node.args as [CelNode])[0]).uses.at(-1)?.path ?? [];
  if (path.length === 1 && path[0] === 'vars') {
    return `"${key}" is not defined.${didYouMean(key, lookup.names())} has(vars.${key}) asks whether it is.`;
  }
  const owner = path[0] === 'vars' ? path.slice(1) : path;
  const hint = didYouMean(key, namesAt(owner, lookup));
  return `"${owner.join('.')}" has no member "${key}".${hint}`;
}

function namesAt(path: readonly string[], lookup: Lookup): readonly string[] {
  const [name, ...rest] = path;
  let value: Data | undefined = name === undefined ? undefined : lookup.get(name);
  for (const part of rest) {
    if (value === undefined || value instanceof Unknown) return [];
    value = memberOf(value, part);
  }
  return value === undefined ? [] : memberNames(value);
}

function plainKinds(text: string): string {
  return KINDS.reduce((words, [pattern, by]) => words.replaceAll(pattern, by), text);
}

function typeHint(root: CelNode | undefined): string {
  const name = root && walkTree(root).uses.find((use) => TYPE_NAMES.has(use.path[0] as string))?.path[0];
  return name === undefined ? '' : ` "${name}" is a type; a variable of that name is vars.${name}.`;
}

/** True for names that are CEL's types and not variables. */
export function isTypeName(name: string): boolean {
  return TYPE_NAMES.has(name) || name === 'cel' || name === 'google';
}
