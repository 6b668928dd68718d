/** Secrets and parts of them below this length are blotted out only where they stand as a word of their own. */
export const SHORTEST_ANYWHERE = 4;
/** Shorter lines of a secret of several lines (a brace, `true`) would be blotted out of everything. */
const SHORTEST_LINE = 8;

/**
 * The texts that a secret may show itself as: itself, without blanks around it, each of its lines, and all of
 * these in base64, URL-encoded, and quoted for JSON, YAML, SQL and the shell.
 */
export function formsOf(secret: string): ReadonlySet<string> {
  const trimmed = secret.trim();
  const lines = trimmed.split(/\r?\n/).map((line) => line.trim());
  const parts = lines.length > 1 ? lines.filter((line) => line.length >= SHORTEST_LINE) : [];
  const forms = [secret, trimmed, trimmed.replace(/\r?\n/g, '\r\n'), ...parts].flatMap(disguises);
  return new Set(forms.filter((form) => form !== ''));
}

function disguises(text: string): readonly string[] {
  if (text.length < SHORTEST_ANYWHERE) return [text];
  const twice = (quoted: (text: string) => string): string[] => [quoted(text), quoted(quoted(text))];
  return [
    text,
    // Twice: a quoted command within a quoted command, JSON within JSON.
    ...twice((plain) => plain.replaceAll("'", `'\\''`)),
    ...twice((plain) => JSON.stringify(plain).slice(1, -1)),
    text.replaceAll("'", "''"),
    text.replace(/['"\\]/g, '\\$&'),
    ...urlEncoded(text),
    ...base64(Buffer.from(text)),
  ];
}

function urlEncoded(text: string): readonly string[] {
  // Half a surrogate pair, which cannot be encoded, becomes the sign for it.
  const words = Buffer.from(text).toString();
  const strict = encodeURIComponent(words);
  const form = new URLSearchParams([['', words]]).toString().slice(1);
  const lower = (encoded: string): string => encoded.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  return [strict, lower(strict), form, lower(form)];
}

/** As it stands by itself, and within longer bytes at each of the three places that a group of four can begin at. */
function base64(bytes: Buffer): readonly string[] {
  const within = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    // The characters at both ends hold bits of the neighbours too.
    return encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
  });
  const own = bytes.toString('base64').replace(/=+$/, '');
  return [own, ...within.filter((encoded) => encoded.length > SHORTEST_ANYWHERE)].flatMap((encoded) => [
    encoded,
    encoded.replaceAll('+', '-').replaceAll('/', '_'),
  ]);
}
