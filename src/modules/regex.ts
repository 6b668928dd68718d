import { runInNewContext } from 'node:vm';
import { ModuleError } from './define.ts';

const LIMIT_MS = 500;

/** What a user's expression matches first in the text; `^` and `$` are the ends of lines. */
export function firstMatch(regex: string, text: string, argument: string): string | undefined {
  const found = guarded('new RegExp(regex, "m").exec(text)?.[0]', { regex, text }, argument);
  return typeof found === 'string' ? found : undefined;
}

/** Numbers of the lines that a user's expression matches. */
export function matchingLines(regex: string, lines: readonly string[], argument: string): number[] {
  const code = 'const r = new RegExp(regex); JSON.stringify(lines.flatMap((l, i) => r.test(l) ? [i] : []))';
  return JSON.parse(String(guarded(code, { regex, lines: [...lines] }, argument))) as number[];
}

/** Throws a ModuleError when the text is no regular expression. */
export function refuseBadRegex(regex: string, argument: string): void {
  try {
    new RegExp(regex);
  } catch (error) {
    throw new ModuleError({
      message: `${argument}: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
}

/** In a context with a time limit: some expressions take hours on a short text, and nothing else would run meanwhile. */
function guarded(
  code: string,
  values: { readonly regex: string; readonly [name: string]: unknown },
  argument: string,
): unknown {
  refuseBadRegex(values.regex, argument);
  try {
    return runInNewContext(code, { ...values }, { timeout: LIMIT_MS });
  } catch {
    throw new ModuleError({
      message: `${argument} took more than ${LIMIT_MS / 1000} s: ${values.regex}`,
      hint: 'Nested repetitions such as (a+)+ take very long; write it without them.',
    });
  }
}
