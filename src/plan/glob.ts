import { RegexError, safeRegex } from './safe-regex.ts';
import type { SafeRegex } from './safe-regex.ts';

/** A glob as Ansible has it: `*`, `?`, `[abc]`, `[!abc]`; undefined: its brackets make no sense. */
export function globRegex(glob: string): SafeRegex | undefined {
  const body = glob.replace(/\[!?\]?[^\]]*\]|\*+|[^]/g, (part) => {
    if (part.startsWith('*')) return '.*';
    if (part === '?') return '.';
    if (part.length > 1) return part.replace(/\\/g, '\\\\').replace(/^\[!/, '[^');
    return part.replace(/[.+^${}()|[\]\\]/, '\\$&');
  });
  try {
    return safeRegex(`${body}$`);
  } catch (error) {
    if (error instanceof RegexError) return undefined;
    throw error;
  }
}
