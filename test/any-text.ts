import fc from 'fast-check';

/**
 * Text of any code points, lone surrogates among them, and the words that fast-check knows to be dangerous. Its own
 * `unit: 'binary'` is the same, but makes a table of a million characters each time it is named.
 */
export const anyCharacters = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)) }),
  fc.string(),
);
