import { Environment, EvaluationError } from '@marcbachmann/cel-js';
import { glob } from './glob.ts';
import { versionCompare } from './version.ts';

const NUMERIC_PAIRS = [
  ['int', 'double'],
  ['double', 'int'],
] as const;
const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};

/** The functions of conditions beside CEL's own, for the reference. */
export const ownFunctions: readonly (readonly [usage: string, summary: string])[] = [
  ['glob(text, pattern)', 'Whether the whole text fits: `*` any characters, `?` one. Takes linear time.'],
  ['lower(text), upper(text), trim(text)', 'As the helpers of that name.'],
  ['default(x, otherwise)', '`x`, or the other value where `x` is not there or null.'],
  ['versionCompare(a, b)', '-1, 0 or 1: `versionCompare(v.stdout, "1.13") >= 0`.'],
];

/** CEL with whole and broken numbers mixed freely, and functions of our own. */
export function createEnvironment(): Environment {
  const env = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false });
  for (const [left, right] of NUMERIC_PAIRS) {
    for (const [operator, apply] of Object.entries(ARITHMETIC)) {
      env.registerOperator(`${left} ${operator} ${right}: double`, (a: number | bigint, b: number | bigint) =>
        apply(Number(a), Number(b)),
      );
    }
  }
  env.registerOperator('int == double', (a: bigint, b: number) => Number(a) === b);
  const now = { async: false };
  env.registerFunction('glob(string, string): bool', { handler: glob, ...now });
  env.registerFunction('string.glob(string): bool', { handler: glob, ...now });
  env.registerFunction('lower(string): string', { handler: (text: string) => text.toLowerCase(), ...now });
  env.registerFunction('upper(string): string', { handler: (text: string) => text.toUpperCase(), ...now });
  env.registerFunction('trim(string): string', { handler: (text: string) => text.trim(), ...now });
  env.registerFunction('versionCompare(string, string): int', {
    handler: (a: string, b: string) => BigInt(versionCompare(a, b)),
    ...now,
  });
  env.registerFunction('default(ast, ast): dyn', defaultMacro as never);
  return env;
}

type Run = (node: unknown, context: unknown) => unknown;

/** `default(x, otherwise)`: a macro, because the absence of `x` must not be an error. */
function defaultMacro({ args }: { readonly args: readonly [unknown, unknown] }): object {
  const [wanted, otherwise] = args;
  return {
    async: false,
    typeCheck(
      checker: { check: Run; getType(name: string): unknown },
      _: unknown,
      context: unknown,
    ): unknown {
      checker.check(wanted, context);
      checker.check(otherwise, context);
      return checker.getType('dyn');
    },
    evaluate(evaluator: { run: Run }, _: unknown, context: unknown): unknown {
      const found = orAbsent(() => evaluator.run(wanted, context));
      return found === undefined || found === null ? evaluator.run(otherwise, context) : found;
    },
  };
}

const ABSENT = new Set(['no_such_key', 'unknown_variable', 'index_out_of_bounds']);

function orAbsent(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof EvaluationError && ABSENT.has(error.code)) return undefined;
    throw error;
  }
}
