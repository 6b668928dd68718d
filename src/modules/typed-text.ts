import type * as z from 'zod';

/**
 * The value with those texts turned into numbers and booleans that the schema refuses as text and that can mean
 * nothing else: what `-e port=8088` gives, or a command's output. undefined: there are none.
 */
export function typeTexts(value: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  let typed: unknown = undefined;
  for (const { expected, path } of issues.flatMap((issue) => wantedTypes(issue, []))) {
    const meant = meaning(at(typed ?? value, path), expected);
    if (meant !== undefined) typed = replaced(typed ?? value, path, meant);
  }
  return typed;
}

interface WantedType {
  readonly expected: string;
  readonly path: readonly PropertyKey[];
}

/** The types that a schema would take, those of a union's branches too. */
function wantedTypes(issue: z.core.$ZodIssue, prefix: readonly PropertyKey[]): readonly WantedType[] {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'invalid_type') return [{ expected: issue.expected, path }];
  if (issue.code !== 'invalid_union') return [];
  return issue.errors.flat().flatMap((inner) => wantedTypes(inner, path));
}

function meaning(text: unknown, expected: string): number | boolean | undefined {
  if (typeof text !== 'string') return undefined;
  // 010 and 1e3 stay text: they could be meant otherwise.
  const isNumber = /^-?(0|[1-9]\d{0,14})(\.\d{1,9})?$/.test(text);
  if (isNumber && (expected === 'number' || expected === 'int')) return Number(text);
  if ((text === 'true' || text === 'false') && expected === 'boolean') return text === 'true';
  return undefined;
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Readonly<Record<PropertyKey, unknown>>)[key]
        : undefined,
    value,
  );
}

function replaced(value: unknown, [key, ...rest]: readonly PropertyKey[], leaf: unknown): unknown {
  if (key === undefined) return leaf;
  const inner = replaced((value as Readonly<Record<PropertyKey, unknown>>)[key], rest, leaf);
  if (Array.isArray(value)) return value.map((item: unknown, i) => (i === key ? inner : item));
  return { ...(value as object), [key]: inner };
}
