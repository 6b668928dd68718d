import fc from 'fast-check';

/**
 * Text of any code points, lone surrogates among them. fast-check's own `unit: 'binary'` is the same, but makes a table
 * of a million characters each time it is named.
 */
export const anyCharacters = fc.string({
  unit: fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
});
