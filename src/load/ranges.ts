/** What a name with ranges stands for, or why that cannot be said. */
export type Expanded = { readonly names: readonly string[] } | { readonly error: string };

const MOST = 100_000;

/** Unfolds Ansible's ranges: `hz-[1:3]`, `n[01:12]`, `n[1:10:2]`, `n[a:c]`; several multiply. */
export function expandRanges(text: string): Expanded {
  let names: readonly string[] = [''];
  const parts = text.split(/(\[[^\]]*\])/);
  for (const part of parts) {
    const isRange = part.startsWith('[') && part.endsWith(']');
    const values = isRange ? rangeValues(part.slice(1, -1)) : plainPart(part);
    if ('error' in values) return { error: `${values.error} in "${text}"` };
    if (names.length * values.names.length > MOST)
      return { error: `"${text}" stands for more than ${MOST} names` };
    names = names.flatMap((name) => values.names.map((value) => name + value));
  }
  return { names };
}

/** True when there is a range in it. */
export function hasRange(text: string): boolean {
  return /\[[^\]]*:[^\]]*\]/.test(text);
}

function plainPart(part: string): Expanded {
  return /[[\]]/.test(part) ? { error: 'a "[" or "]" without its other half' } : { names: [part] };
}

function rangeValues(inner: string): Expanded {
  const [first = '', to = '', step = '1', ...more] = inner.split(':');
  // As in Ansible, a range without a beginning begins at 0.
  const from = first === '' ? '0' : first;
  if (more.length > 0 || !inner.includes(':') || to === '' || !/^[1-9]\d*$/.test(step)) {
    return { error: `"[${inner}]" is no range like [1:5], [01:12], [1:10:2] or [a:c]` };
  }
  if (/^\d{1,9}$/.test(from) && /^\d{1,9}$/.test(to)) return numbers(from, to, Number(step));
  if (/^[a-z]$/.test(from) && /^[a-z]$/.test(to)) return letters(from, to, Number(step));
  if (/^[A-Z]$/.test(from) && /^[A-Z]$/.test(to)) return letters(from, to, Number(step));
  return { error: `"[${inner}]" is no range like [1:5], [01:12], [1:10:2] or [a:c]` };
}

function numbers(from: string, to: string, step: number): Expanded {
  const [first, last] = [Number(from), Number(to)];
  if (last < first) return { error: `the range [${from}:${to}] runs backwards` };
  if ((last - first) / step >= MOST)
    return { error: `the range [${from}:${to}] stands for more than ${MOST} names` };
  const padded = from.length > 1 && from.startsWith('0');
  if (padded && to.length !== from.length)
    return { error: `the ends of [${from}:${to}] have different lengths` };
  return {
    names: steps(first, last, step).map((n) => (padded ? String(n).padStart(from.length, '0') : String(n))),
  };
}

function letters(from: string, to: string, step: number): Expanded {
  const [first, last] = [from.charCodeAt(0), to.charCodeAt(0)];
  if (last < first) return { error: `the range [${from}:${to}] runs backwards` };
  return { names: steps(first, last, step).map((code) => String.fromCharCode(code)) };
}

function steps(first: number, last: number, step: number): number[] {
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => first + i * step);
}
