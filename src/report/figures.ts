import { columns, duration } from './screen.ts';

/** "0", "0.34 ms", "12 ms", "1.25 s", "2 min 5 s". */
export function shortTime(ms: number): string {
  if (ms === 0) return '0';
  if (ms < 9.95) return `${ms.toFixed(ms < 0.995 ? 2 : 1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  return ms < 9_995 ? `${(ms / 1000).toFixed(2)} s` : duration(ms);
}

/** "950 B", "1.2 kB", "30.0 MB". */
export function byteCount(n: number): string {
  if (n < 1000) return `${n} B`;
  const [scale, unit] = n < 999_950 ? [1e3, 'kB'] : n < 999_950_000 ? [1e6, 'MB'] : [1e9, 'GB'];
  return `${(n / scale).toFixed(1)} ${unit}`;
}

/** "25 %" */
export function share(part: number, whole: number): string {
  return `${whole === 0 ? 0 : Math.round((100 * part) / whole)} %`;
}

/** "1 node", "3 nodes". */
export function counted(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? '' : 's'}`;
}

/** Filled up on the left to so many columns. */
export function padLeft(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - columns(text))) + text;
}
