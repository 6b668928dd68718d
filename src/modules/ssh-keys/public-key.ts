/** A public key of SSH as it stands in a file: type, key in base64, and what is said about it. */
export interface PublicKey {
  /** As they are written; undefined: none. */
  readonly options: string | undefined;
  readonly type: string;
  readonly blob: string;
  readonly comment: string;
}

const TYPE = /^(ssh-(rsa|dss|ed25519|ed448)|ecdsa-sha2-\S+|sk-\S+@openssh\.com|\S+-cert-v\d+@openssh\.com)$/;
const BLOB = /^[A-Za-z0-9+/]+={0,2}$/;

/** Reads a line of authorized_keys; undefined: it holds no key (empty, a comment, something else). */
export function readPublicKey(line: string): PublicKey | undefined {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return undefined;
  const plain = keyOf(text);
  if (plain !== undefined) return { options: undefined, ...plain };
  const end = endOfOptions(text);
  const behind = end === undefined ? undefined : keyOf(text.slice(end).trim());
  return behind === undefined ? undefined : { options: text.slice(0, end), ...behind };
}

/** The line of a key. */
export function publicKeyLine({ options, type, blob, comment }: PublicKey): string {
  return [options, type, blob, comment].filter((part) => part !== undefined && part !== '').join(' ');
}

function keyOf(text: string): Omit<PublicKey, 'options'> | undefined {
  const [type = '', blob = '', ...comment] = text.split(/\s+/);
  if (!TYPE.test(type) || !BLOB.test(blob)) return undefined;
  return { type, blob, comment: comment.join(' ') };
}

/** Options end at the first blank outside of quotes. */
function endOfOptions(text: string): number | undefined {
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    if (quoted && text[i] === '\\') i++;
    else if (text[i] === '"') quoted = !quoted;
    else if (!quoted && /\s/.test(text[i] ?? '')) return i;
  }
  return undefined;
}
