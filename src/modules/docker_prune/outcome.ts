/** What `docker … prune` says that it removed. */
export interface Pruned {
  readonly removed: readonly string[];
  readonly bytes: number;
}

/** Reads lines such as "Deleted Containers:", IDs or names, "Total reclaimed space: 1.2kB". */
export function prunedOf(text: string): Pruned {
  const lines = text.split('\n').map((line) => line.trim());
  const space = lines.map((line) => /^Total(?: reclaimed space)?:\s*(.+)$/.exec(line)?.[1]).find(Boolean);
  const removed = lines.filter(
    (line) => line !== '' && !/^(Deleted .*:|Total\b.*|WARNING.*|ID\s+.*)$/.test(line),
  );
  return { removed, bytes: space === undefined ? 0 : bytesOf(space) };
}

/** "1.25kB" → 1250, as docker writes sizes; 0 for what is no size. */
export function bytesOf(text: string): number {
  const [, number = '0', unit = ''] = /^([\d.]+)\s*([kMGT]?)i?B?$/i.exec(text) ?? [];
  return Math.round(Number(number) * 1000 ** ' kmgt'.indexOf(unit === '' ? ' ' : unit.toLowerCase()));
}
