import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { Data } from '../../model/data.ts';
import { ArgumentError } from '../errors.ts';
import { isMap } from '../member.ts';
import { asText, wholly } from '../text.ts';
import type { Helper } from './helper.ts';
import { numberOf, textOf } from './helper.ts';

const WIDEST_INDENT = 1000;

function ofText(usage: string, summary: string, change: (text: string) => Data): Helper {
  return { usage, summary, arity: [1, 1], call: ([value]) => change(textOf(value)) };
}

/** Helpers for texts. */
export const textHelpers: Readonly<Record<string, Helper>> = {
  upper: ofText('upper text', 'In capitals.', (text) => text.toUpperCase()),
  lower: ofText('lower text', 'In small letters.', (text) => text.toLowerCase()),
  trim: ofText('trim text', 'Without white space at both ends.', (text) => text.trim()),
  replace: {
    usage: 'replace text old new',
    summary: 'Every `old` becomes `new`; both are plain text, not patterns.',
    arity: [3, 3],
    call: ([value, old, by]) => {
      const [text, from, to] = [textOf(value), textOf(old), textOf(by)];
      if (from === '') throw new ArgumentError('cannot replace the empty text');
      return text.replaceAll(from, () => to);
    },
  },
  split: {
    usage: 'split text separator',
    summary: 'The list of parts; without a separator the words between white space.',
    arity: [1, 2],
    call: ([value, separator]) => {
      const text = textOf(value);
      if (separator === undefined) return text.split(/\s+/).filter((word) => word !== '');
      if (separator === '') throw new ArgumentError('needs a separator that is not empty');
      return text.split(textOf(separator));
    },
  },
  startsWith: {
    usage: 'startsWith text start',
    summary: 'Whether the text begins so.',
    arity: [2, 2],
    call: ([text, start]) => textOf(text).startsWith(textOf(start)),
  },
  endsWith: {
    usage: 'endsWith text end',
    summary: 'Whether the text ends so.',
    arity: [2, 2],
    call: ([text, end]) => textOf(text).endsWith(textOf(end)),
  },
  string: {
    usage: 'string value',
    summary: 'The value as text; lists and maps as JSON.',
    arity: [1, 1],
    call: ([value]) => asText(value as Data),
  },
  indent: {
    usage: 'indent text width first=false',
    summary: 'Every line but the first moved right; `first=true` moves it too. Empty lines stay empty.',
    arity: [2, 2],
    named: ['first'],
    call: ([value, width], { first }) => {
      const spaces = ' '.repeat(Math.min(WIDEST_INDENT, Math.max(0, numberOf(width))));
      const text = textOf(value).replaceAll(/\n(?=[^\r\n])/g, () => `\n${spaces}`);
      return first === true ? spaces + text : text;
    },
  },
  base64: ofText('base64 text', 'Its UTF-8 bytes in base64.', (text) =>
    Buffer.from(text, 'utf8').toString('base64'),
  ),
  base64decode: ofText('base64decode text', 'The UTF-8 text that the base64 holds.', decodeBase64),
  urlencode: ofText('urlencode text', 'Safe as one part of a URL.', (text) =>
    encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8')),
  ),
  sha256: ofText('sha256 text', 'The SHA-256 of its UTF-8 bytes, in hexadecimal.', (text) =>
    createHash('sha256').update(text, 'utf8').digest('hex'),
  ),
  basename: ofText('basename path', 'The last part of a path.', (path) => posix.basename(path)),
  dirname: ofText('dirname path', 'A path without its last part.', (path) => posix.dirname(path)),
  fromJson: ofText('fromJson text', 'The value that a JSON text holds.', (text) => {
    try {
      return wholly(JSON.parse(text) as Data);
    } catch (cause) {
      if (cause instanceof SyntaxError) throw new ArgumentError('the text is not JSON');
      throw cause;
    }
  }),
};

function decodeBase64(text: string): string {
  const compact = text.replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(compact)) throw new ArgumentError('the text is not base64');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(compact, 'base64'));
  } catch {
    throw new ArgumentError('the base64 does not hold UTF-8 text');
  }
}

/** A map's entry count, a list's item count, or a text's characters. */
export function sizeOf(value: Data | undefined): number {
  if (Array.isArray(value)) return value.length;
  return isMap(value) ? Object.keys(value).length : [...textOf(value, 'a text, list or map')].length;
}
