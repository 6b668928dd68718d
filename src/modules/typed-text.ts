import type { z } from 'zod';

/**
 * The value with those texts turned into numbers and booleans that the schema refuses as text and that can mean
 * nothing else: what `-e port=8088` gives, or a command's output. undefined: there are none.
 */
export function typeTexts(value: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  let typed: unknown = undefined;
  for (const issue of issues) {
    const meant = meaning(at(value, issue.path), issue);
    if (meant !== undefined) typed = replaced(typed ?? value, issue.path, meant);
  }
  return typed;
}

function meaning(text: unknown, issue: z.core.$ZodIssue): number | boolean | undefined {
  if (typeof text !== 'string') return undefined;
  const kinds = expectedKinds(issue);
  // 010 and 1e3 stay text: they could be meant otherwise.
  const isNumber = /^-?(0|[1-9]\d{0,14})(\.\d{1,9})?$/.test(text);
  if (isNumber && (kinds.includes('number') || kinds.includes('int'))) return Number(text);
  if ((text === 'true' || text === 'false') && kinds.includes('boolean')) return text === 'true';
  return undefined;
}

function expectedKinds(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === 'invalid_type') return [issue.expected];
  if (issue.code !== 'invalid_union') return [];
  return issue.errors.flat().flatMap((inner) => (inner.path.length === 0 ? expectedKinds(inner) : []));
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
