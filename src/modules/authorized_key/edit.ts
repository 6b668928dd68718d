import { ModuleError } from '../define.ts';
import type { PublicKey } from '../ssh-keys/public-key.ts';
import { publicKeyLine, readPublicKey } from '../ssh-keys/public-key.ts';

export interface KeyEdit {
  readonly keys: readonly PublicKey[];
  readonly state: 'present' | 'absent';
  /** Other keys go. */
  readonly exclusive: boolean;
}

/** The keys of texts as files hold them: one in a line, comments and empty lines between them. */
export function keysOf(
  texts: readonly string[],
  {
    key_options,
    comment,
  }: { readonly key_options?: string | undefined; readonly comment?: string | undefined },
): readonly PublicKey[] {
  const lines = texts.flatMap((text) => text.split(/\r?\n/)).filter((line) => !/^\s*(#|$)/.test(line));
  return lines.map((line) => {
    const key = readPublicKey(line);
    if (key === undefined) {
      const start = line.trim().slice(0, 20);
      throw new ModuleError({
        message: `no public key of SSH: ${start}${line.trim().length > 20 ? '…' : ''}`,
        hint: 'A line has a type and a key, as in "ssh-ed25519 AAAA… name"; ~/.ssh/id_ed25519.pub holds one.',
      });
    }
    return { ...key, options: key_options ?? key.options, comment: comment ?? key.comment };
  });
}

/** The file with the keys in it, or without them. */
export function editedKeys(text: string, { keys, state, exclusive }: KeyEdit): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const byBlob = new Map(keys.map((key) => [key.blob, key]));
  const placed = new Set<string>();
  const kept = lines.flatMap((line) => {
    const found = readPublicKey(line);
    if (found === undefined) return [line];
    const wanted = byBlob.get(found.blob);
    if (wanted === undefined) return state === 'present' && exclusive ? [] : [line];
    if (state === 'absent' || placed.has(found.blob)) return [];
    placed.add(found.blob);
    return [same(found, wanted) ? line : publicKeyLine(wanted)];
  });
  const added = state === 'absent' ? [] : [...byBlob.values()].filter((key) => !placed.has(key.blob));
  const after = [...kept, ...added.map(publicKeyLine)];
  if (after.length === lines.length && after.every((line, i) => line === lines[i])) return text;
  return after.length === 0 ? '' : `${after.join('\n')}\n`;
}

function same(one: PublicKey, other: PublicKey): boolean {
  return (
    (one.options ?? '') === (other.options ?? '') && one.type === other.type && one.comment === other.comment
  );
}
