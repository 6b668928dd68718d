import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { anyData } from '../data.ts';
import type { FactGroup, Found } from './group.ts';

const map = z.record(z.string(), anyData);
const fileSchema = z.object({
  version: z.literal(1),
  groups: z.record(z.string(), z.object({ taken: z.number(), facts: map, own: map.optional() })),
});
type Groups = z.output<typeof fileSchema>['groups'];

/** Who the facts are of. */
export interface CachedNode {
  readonly name: string;
  readonly address: string;
  readonly region: string;
}

/** Facts of earlier runs. */
export interface FactCache {
  /** What is known of these groups and not too old, by their names. */
  read(node: CachedNode, groups: readonly FactGroup[]): Promise<ReadonlyMap<string, Found>>;
  /** Keeps what was found, but for what is fleeting or may hold secrets. */
  write(node: CachedNode, groups: readonly FactGroup[], found: ReadonlyMap<string, Found>): Promise<void>;
}

export interface FactCacheOptions {
  readonly folder: string;
  readonly maxAgeMs: number;
  /** For tests; default the clock. */
  readonly now?: () => number;
}

/**
 * A file for each node, readable by its owner only. A file that is broken counts as none, and one that cannot be
 * written costs only time.
 */
export function createFactCache({ folder, maxAgeMs, now = Date.now }: FactCacheOptions): FactCache {
  const isFresh = ({ taken }: { readonly taken: number }): boolean => {
    const age = now() - taken;
    // A clock that was set back makes no old fact young.
    return age >= 0 && age <= maxAgeMs;
  };
  return {
    async read(node, groups) {
      const known = await load(fileOf(folder, node));
      return new Map(
        groups.flatMap((group): readonly (readonly [string, Found])[] => {
          const entry = known[group.name];
          if (group.fleeting === true || entry === undefined || !isFresh(entry)) return [];
          return [
            [group.name, { facts: entry.facts, ...(entry.own === undefined ? {} : { own: entry.own }) }],
          ];
        }),
      );
    },
    async write(node, groups, found) {
      const taken = now();
      const fresh = groups.flatMap((group): readonly (readonly [string, Groups[string]])[] => {
        const part = group.fleeting === true ? undefined : found.get(group.name);
        return part === undefined ? [] : [[group.name, { taken, facts: part.facts, ...(part.own === undefined ? {} : { own: part.own }) }]]; // prettier-ignore
      });
      if (fresh.length === 0) return;
      const file = fileOf(folder, node);
      const kept = Object.entries(await load(file)).filter(([, entry]) => isFresh(entry));
      await store(folder, file, Object.fromEntries([...kept, ...fresh]));
    },
  };
}

/** Nodes of other inventories may have the same name. */
function fileOf(folder: string, { name, address, region }: CachedNode): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([name, address, region]))
    .digest('hex');
  return join(folder, `${hash.slice(0, 32)}.json`);
}

async function load(file: string): Promise<Groups> {
  try {
    return fileSchema.parse(JSON.parse(await readFile(file, 'utf8'))).groups;
  } catch {
    return {};
  }
}

async function store(folder: string, file: string, groups: Groups): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(temporary, JSON.stringify({ version: 1, groups }), { mode: 0o600 });
    await rename(temporary, file);
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}
