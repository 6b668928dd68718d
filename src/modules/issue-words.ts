import type * as z from 'zod';

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  null: 'nothing',
};

/** What is wrong with a value, in a reader's words: `port: must be a number, not text`. */
export function issueWords(issue: z.core.$ZodIssue, prefix: readonly string[]): string {
  const path = [...prefix, ...issue.path.map(String)];
  // The branch of a union that has fitted so far is the one that was meant.
  const deeper =
    issue.code === 'invalid_union' ? issue.errors.flat().find((inner) => inner.path.length > 0) : undefined;
  if (deeper !== undefined) return issueWords(deeper, path);
  const where = path.join('.');
  const what = typeWords(issue) ?? issue.message.replace(/^Invalid (input|option): /, '');
  return where === '' ? what : `${where}: ${what}`;
}

/** undefined: the schema has words of its own, or the type is not the matter. */
function typeWords(issue: z.core.$ZodIssue): string | undefined {
  if (issue.code === 'invalid_union') return unionWords(issue);
  const received = /^Invalid input: expected \S+, received (\S+)$/.exec(issue.message)?.[1];
  if (issue.code !== 'invalid_type' || received === undefined) return undefined;
  const wanted = KINDS[issue.expected] ?? issue.expected;
  if (received === 'undefined') return `is missing; it must be ${wanted}`;
  return `must be ${wanted}, not ${received === 'boolean' ? 'a boolean' : (KINDS[received] ?? received)}`;
}

function unionWords(issue: z.core.$ZodIssueInvalidUnion): string | undefined {
  const expected = issue.errors.map(([first]) =>
    first?.code === 'invalid_type' ? first.expected : undefined,
  );
  if (issue.message !== 'Invalid input' || expected.length === 0 || expected.includes(undefined))
    return undefined;
  return `must be ${[...new Set(expected.map((kind) => KINDS[kind ?? ''] ?? kind))].join(' or ')}`;
}
