import type { Environment } from '@marcbachmann/cel-js';
import { EvaluationError, ParseError, TypeError as CelTypeError } from '@marcbachmann/cel-js';
import type { Data } from '../model/data.ts';
import type { Condition, Lookup, Reference } from '../model/rendering.ts';
import type { Expression } from '../model/playbook.ts';
import type { SourceRange } from '../model/source.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import type { Checked, Diagnostic } from '../diagnostics/diagnostic.ts';
import { translateAnsible } from './cel/ansible.ts';
import { CelContext, fromCel } from './cel/convert.ts';
import { createEnvironment } from './cel/environment.ts';
import { explainRuntime, explainStatic, isTypeName } from './cel/failure.ts';
import type { CelError } from './cel/failure.ts';
import { softenHas, walkTree } from './cel/tree.ts';
import type { CelNode, NameUse } from './cel/tree.ts';
import { TemplateError } from './errors.ts';
import { lineAndColumn, placesInExpression } from './place.ts';
import { onlyOurErrors } from './render.ts';
import { kindOf } from './text.ts';
import { settleReferences } from './unit.ts';

const environment = createEnvironment();
const functionNames: readonly string[] = [
  ...new Set(environment.getDefinitions().functions.map((each) => each.name)),
].filter((name) => name !== 'matches');

type Evaluate = ReturnType<Environment['parse']>;
type At = (start: number, end: number) => SourceRange;

/** Compiles a CEL expression and checks it as far as that is possible without the values. */
export function compileCondition(expression: Expression): Checked<Condition> {
  const at = rangesOf(expression);
  const early = refuseTemplate(expression, at);
  if (early) return broken(expression, [early]);
  const evaluate = parse(expression, at);
  if ('severity' in evaluate) return broken(expression, [evaluate]);
  const tree = evaluate.ast as unknown as CelNode;
  const { uses, calls } = walkTree(tree);
  const problems = [
    ...uses.flatMap((use) => refuseWord(expression, use, at)),
    ...calls.filter(({ name }) => name === 'matches').map(({ node }) => refuseMatches(node, at)),
  ];
  if (problems.length > 0) return broken(expression, problems);
  const { error } = evaluate.check();
  if (error) return broken(expression, [problemOf(error, expression, at, tree)]);
  softenHas(tree);
  return { value: condition(expression, evaluate, uses, at), problems: [] };
}

function condition(expression: Expression, evaluate: Evaluate, uses: readonly NameUse[], at: At): Condition {
  const value = (lookup: Lookup): Data =>
    onlyOurErrors(expression.at, () => {
      try {
        return fromCel(evaluate(new CelContext(lookup)));
      } catch (error) {
        throw isCelError(error) ? runtimeError(error, expression, lookup, at) : error;
      }
    });
  const test = (lookup: Lookup): boolean => {
    const answer = value(lookup);
    if (typeof answer === 'boolean') return answer;
    const how =
      answer === 'true' || answer === 'false'
        ? `It is the text "${answer}"; the value is written without quotes, and on the command line as -e name:=${answer}.`
        : 'Compare it, as in x != "" or size(x) > 0.';
    throw new TemplateError(
      `The condition gives ${kindOf(answer)}, not true or false. ${how}`,
      expression.at,
    );
  };
  return { text: expression.text, at: expression.at, references: referencesOf(uses, at), test, value };
}

function parse(expression: Expression, at: At): Evaluate | Diagnostic {
  try {
    return environment.parse(expression.text);
  } catch (error) {
    if (isCelError(error)) return problemOf(error, expression, at);
    return problem('bad-condition', expression.at, 'condition syntax', 'The condition is nested too deep.');
  }
}

/** A condition with problems; asking it says the first of them. */
function broken(expression: Expression, problems: readonly Diagnostic[]): Checked<Condition> {
  const first = problems[0] as Diagnostic;
  const fail = (): never => {
    throw new TemplateError(first.detail, first.at ?? expression.at);
  };
  return {
    value: { text: expression.text, at: expression.at, references: [], test: fail, value: fail },
    problems,
  };
}

function problemOf(error: CelError, expression: Expression, at: At, tree?: CelNode): Diagnostic {
  const foreign = error.name === 'ParseError' ? translateAnsible(expression.text) : undefined;
  if (foreign) return ansibleProblem(foreign, at);
  const range = error.range ?? { start: 0, end: 1 };
  const single = expression.text.slice(range.start, range.start + 1) === '=';
  const hint = single ? ' Equality is written ==.' : '';
  const summary = error.name === 'ParseError' ? 'condition syntax' : 'wrong condition';
  const detail = explainStatic(error, functionNames, tree) + hint;
  return problem('bad-condition', at(range.start, range.end), summary, detail);
}

function ansibleProblem(foreign: { at: number; word: string; cel: string | undefined }, at: At): Diagnostic {
  const general =
    '&&, ||, ! for and, or, not; has(vars.x) for "x is defined"; true, null; size(x) and lower(x) for filters.';
  const how = foreign.cel === undefined ? `Conditions are CEL: ${general}` : `In CEL: ${foreign.cel}`;
  const range = at(foreign.at, foreign.at + foreign.word.length);
  return problem('bad-condition', range, 'not CEL', `"${foreign.word}" is Ansible's way to write it. ${how}`);
}

function refuseTemplate({ text }: Expression, at: At): Diagnostic | undefined {
  const start = text.search(/\{\{[^]*?\}\}|\{%/);
  if (start < 0) return undefined;
  const detail = 'Conditions are not templates: write the name alone, without {{ and }}.';
  return problem('bad-condition', at(start, start + 2), 'template in a condition', detail);
}

function refuseWord(expression: Expression, { path, node }: NameUse, at: At): Diagnostic[] {
  if (!['True', 'False', 'None'].includes(path[0] as string)) return [];
  const foreign = translateAnsible(expression.text);
  return [ansibleProblem(foreign ?? { at: node.start, word: path[0] as string, cel: undefined }, at)];
}

function refuseMatches(node: CelNode, at: At): Diagnostic {
  const detail =
    'matches() is left out: some patterns would take forever. Use glob(text, "*.tar.gz"), contains, startsWith or endsWith.';
  return problem('bad-condition', at(node.start, node.end), 'function left out', detail);
}

function runtimeError(error: CelError, expression: Expression, lookup: Lookup, at: At): TemplateError {
  const range = error.range ? at(error.range.start, error.range.end) : expression.at;
  return new TemplateError(explainRuntime(error, lookup, functionNames), range, { cause: error });
}

function referencesOf(uses: readonly NameUse[], at: At): Reference[] {
  const found = uses.flatMap(({ path, node, optional, inBranch }) => {
    const names = path[0] === 'vars' ? path.slice(1) : path;
    const skipped = names.length === 0 || (path[0] !== 'vars' && isTypeName(path[0] as string));
    return skipped ? [] : [{ path: names, at: at(node.start, node.end), optional, inBranch }];
  });
  return settleReferences(found);
}

function rangesOf(expression: Expression): At {
  const place = placesInExpression(expression);
  return (start, end) => {
    const { line, column } = lineAndColumn(expression.text, start);
    const until = expression.text.slice(start, end).split('\n')[0]?.length ?? 1;
    return place(line, column, until);
  };
}

function isCelError(error: unknown): error is CelError {
  return error instanceof EvaluationError || error instanceof ParseError || error instanceof CelTypeError;
}
