import fc from 'fast-check';

/** What breaks parsers: openers without an end, words that mean something, names of every object. */
const TOKENS = [
  ...[
    '{{',
    '}}',
    '{{#each x}}',
    '{{/each}}',
    '{{x.y}}',
    '{{{',
    '{%',
    '"',
    "'",
    '`',
    '\\',
    '&a ',
    '*a',
    '<<: *a',
    '!vault |\n',
  ],
  ...[
    '!!binary',
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    '\t',
    '\r',
    '\0',
    '\u2028',
    '\ufeff',
    '\ud83d\ude00',
    '? ',
    '- - - - ',
    ': ',
    '#',
  ],
  ...[
    '[',
    ']',
    '{',
    '}',
    '|\n',
    '>-\n',
    '@',
    '~',
    '=',
    ',',
    '__proto__: 1\n',
    'constructor: {}\n',
    'null',
    '.nan',
    '1e999',
    '0x',
  ],
  ...[
    'when: x ==\n',
    'loop: "{{x}}"\n',
    'block: []\n',
    'hosts: all\n',
    'import_tasks: p.yml\n',
    'vars: [1]\n',
    'tags: {}\n',
  ],
  ...[
    '$ANSIBLE_VAULT;1.1;AES256\n33',
    '-----BEGIN AGE ENCRYPTED FILE-----\n',
    '[all:vars]\n',
    '[x:children]\nx\n',
    'n[1:9999]\n',
  ],
  ...[
    '-1',
    '99999999999999999999',
    ' '.repeat(300),
    '['.repeat(200),
    '{a: '.repeat(100),
    '  '.repeat(150) + '- a\n',
    'x'.repeat(2000),
  ],
];

type Change = (bytes: Buffer) => Buffer;

const at = fc.double({ min: 0, max: 1, noNaN: true });
const place = (bytes: Buffer, share: number): number => Math.floor(share * bytes.length);
const splice = (bytes: Buffer, from: number, to: number, put: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(to)]);

const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(at, fc.constantFrom(...TOKENS)).map(([share, token]): Change => (bytes) => {
      const from = place(bytes, share);
      return splice(bytes, from, from, Buffer.from(token));
    }),
  },
  // A byte.
  {
    weight: 2,
    arbitrary: fc.tuple(at, fc.nat({ max: 255 })).map(([share, value]): Change => (bytes) => {
      const from = place(bytes, share);
      return splice(bytes, from, from + 1, Buffer.from([value]));
    }),
  },
  // The rest, or a part, is missing.
  {
    weight: 2,
    arbitrary: fc.tuple(at, at).map(
      ([a, b]): Change =>
        (bytes) =>
          splice(
            bytes,
            place(bytes, Math.min(a, b)),
            b > 0.9 ? bytes.length : place(bytes, Math.max(a, b)),
            Buffer.alloc(0),
          ),
    ),
  },
  // A part stands twice, or somewhere else.
  {
    weight: 2,
    arbitrary: fc.tuple(at, at, at).map(([a, b, to]): Change => (bytes) => {
      const part = bytes.subarray(place(bytes, Math.min(a, b)), place(bytes, Math.max(a, b)));
      return splice(bytes, place(bytes, to), place(bytes, to), part);
    }),
  },
  // Lines moved in or out.
  {
    weight: 2,
    arbitrary: fc
      .tuple(at, fc.constantFrom('  ', ' ', '- ', '# ', '\t'))
      .map(([share, put]): Change => (bytes) => {
        const line = bytes.lastIndexOf('\n', place(bytes, share)) + 1;
        return splice(bytes, line, line, Buffer.from(put));
      }),
  },
);

/** A text with a few things done to it that happen to files: by editors, by transfers, by people, by attackers. */
export function mutated(texts: readonly string[]): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.constantFrom(...texts), fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([text, changes]) => changes.reduce<Buffer>((bytes, one) => one(bytes), Buffer.from(text)));
}

/** Bytes that were never a text of ours. */
export const bytes: fc.Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((some) => Buffer.from(some)),
  fc.array(fc.constantFrom(...TOKENS), { maxLength: 30 }).map((parts) => Buffer.from(parts.join(''))),
);
