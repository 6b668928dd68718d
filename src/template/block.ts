import type { Data } from '../model/data.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import { TemplateError } from './errors.ts';
import { compileCall, compileExpression, helperName, valueOf } from './expression.ts';
import { findHelper } from './helpers/table.ts';
import { isList, isMap } from './member.ts';
import type { BlockStatement, MustacheStatement, Program, Statement } from './syntax.ts';
import { asText, isTrue, kindOf } from './text.ts';
import { inBranch, placeOf, reject } from './unit.ts';
import type { Frame, Read, Scope, Unit } from './unit.ts';

const DEEPEST = 100;
const BLOCKS = ['if', 'unless', 'each', 'with', 'raw'];
/** Helpers that are called without arguments; any other lone name is a variable. */
const WITHOUT_ARGUMENTS = ['array', 'object'];

export type Write = (frame: Frame) => string;

/** Compiles the statements of a template or of a block. */
export function compileProgram(unit: Unit, scope: Scope, program: Program | undefined): Write {
  const writers = (program?.body ?? []).map((statement) => compileStatement(unit, scope, statement));
  const [only] = writers;
  if (only && writers.length === 1) return only;
  return (frame) => writers.map((write) => write(frame)).join('');
}

function compileStatement(unit: Unit, scope: Scope, statement: Statement): Write {
  switch (statement.type) {
    case 'ContentStatement':
      return () => statement.value;
    case 'CommentStatement':
      return () => '';
    case 'MustacheStatement': {
      const read = compileMustache(unit, scope, statement);
      const at = placeOf(unit, statement);
      return (frame) => textAt(valueOf(read, frame), at);
    }
    case 'BlockStatement':
      return compileBlock(unit, scope, statement);
    case 'PartialStatement':
    case 'PartialBlockStatement':
    case 'Decorator':
    case 'DecoratorBlock':
      reject(unit, statement, 'not supported', 'Templates here have no partials and no decorators.');
      return () => '';
  }
}

function textAt(value: Data, at: TemplateError['at']): string {
  try {
    return asText(value);
  } catch (error) {
    if (error instanceof Error && error.name === 'UnknownValueError') throw error;
    throw new TemplateError('The value is too large or too deep to be written as text.', at, {
      cause: error,
    });
  }
}

/** Compiles what stands between `{{` and `}}` to its value. */
export function compileMustache(unit: Unit, scope: Scope, mustache: MustacheStatement): Read {
  const name = helperName(mustache.path);
  const called = mustache.params.length > 0 || (mustache.hash?.pairs.length ?? 0) > 0;
  if (called || (name !== undefined && WITHOUT_ARGUMENTS.includes(name)))
    return compileCall(unit, scope, mustache);
  return compileExpression(unit, scope, mustache.path);
}

function compileBlock(unit: Unit, scope: Scope, block: BlockStatement): Write {
  const name = helperName(block.path) ?? '';
  if (depthOf(scope) + unit.branches > DEEPEST) {
    reject(unit, block, 'nested too deep', `Blocks go at most ${DEEPEST} levels deep.`);
    return () => '';
  }
  if (name === 'raw') return inBranch(unit, () => compileProgram(unit, scope, block.program));
  if (!BLOCKS.includes(name) || !block.program) return unknownBlock(unit, block);
  if (block.params.length !== 1 || block.hash) {
    reject(
      unit,
      block,
      'wrong number of arguments',
      `{{#${name}}} takes one argument: {{#${name} (and a b)}}.`,
    );
    return () => '';
  }
  const subject = compileExpression(unit, scope, block.params[0] as MustacheStatement['params'][number]);
  return inBranch(unit, () => {
    const inverse = compileProgram(unit, scope, block.inverse);
    if (name === 'each') return compileEach(unit, scope, { block, subject, inverse });
    if (name === 'with') return compileWith(unit, scope, { block, subject, inverse });
    const program = compileProgram(unit, scope, block.program);
    const wanted = name === 'if';
    return (frame) => (isTrue(valueOf(subject, frame)) === wanted ? program : inverse)(frame);
  });
}

interface BlockParts {
  readonly block: BlockStatement;
  readonly subject: Read;
  readonly inverse: Write;
}

function compileWith(unit: Unit, scope: Scope, { block, subject, inverse }: BlockParts): Write {
  const inner: Scope = { up: scope, params: block.program?.blockParams ?? [], loop: false };
  const program = compileProgram(unit, inner, block.program);
  return (frame) => {
    const item = valueOf(subject, frame);
    if (!isTrue(item) && item !== 0) return inverse(frame);
    return program({ lookup: frame.lookup, up: frame, item, params: [item], loop: undefined });
  };
}

function compileEach(unit: Unit, scope: Scope, { block, subject, inverse }: BlockParts): Write {
  const inner: Scope = { up: scope, params: block.program?.blockParams ?? [], loop: true };
  const program = compileProgram(unit, inner, block.program);
  const at = placeOf(unit, block);
  return (frame) => {
    const entries = entriesOf(valueOf(subject, frame), at);
    if (entries.length === 0) return inverse(frame);
    const write = ([key, item]: readonly [string | number, Data], index: number): string => {
      const loop = { index, key, first: index === 0, last: index === entries.length - 1 };
      return program({ lookup: frame.lookup, up: frame, item, params: [item, key], loop });
    };
    return entries.map(write).join('');
  };
}

function entriesOf(value: Data, at: TemplateError['at']): readonly (readonly [string | number, Data])[] {
  if (value === null) return [];
  if (isList(value)) return value.map((item, i) => [i, item] as const);
  if (isMap(value)) return Object.entries(value);
  throw new TemplateError(`{{#each}} needs a list or a map, got ${kindOf(value)}.`, at);
}

function unknownBlock(unit: Unit, block: BlockStatement): Write {
  const name = block.path.type === 'PathExpression' ? block.path.original : '';
  const helper = findHelper(name) !== undefined;
  const hint = helper
    ? ` Write {{#if (${name} …)}}…{{/if}}.`
    : didYouMean(name, BLOCKS) || ` Write {{#if ${name}}} or {{#each ${name}}}.`;
  reject(unit, block.path, 'unknown block', `There is no block "${name}".${hint}`);
  return () => '';
}

function depthOf(scope: Scope): number {
  let depth = 0;
  for (let at = scope.up; at; at = at.up) depth++;
  return depth;
}
