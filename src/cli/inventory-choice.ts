import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Checked } from '../diagnostics/diagnostic.ts';
import { problem } from '../diagnostics/diagnostic.ts';

/** The inventories to use: as given by `-i`, else $OMS_PLAY_INVENTORY, else ./inventory where it is one. */
export function chooseInventories(
  given: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Checked<readonly string[]> {
  if (given.length > 0) return { value: given.map((path) => resolve(cwd, path)), problems: [] };
  const fromEnv = (env['OMS_PLAY_INVENTORY'] ?? '').split(':').filter((path) => path !== '');
  if (fromEnv.length > 0) return { value: fromEnv.map((path) => resolve(cwd, path)), problems: [] };
  const standard = resolve(cwd, 'inventory');
  if (isInventory(standard)) return { value: [standard], problems: [] };
  const near = inventoriesIn(standard).map((name) => `-i inventory/${name}`);
  const which =
    near.length > 0
      ? `Which one? ${near.join(' or ')}.`
      : 'Say which one: -i PATH of an inventory.yml or of the folder that holds it, or set OMS_PLAY_INVENTORY.';
  return { value: [], problems: [problem('not-found', undefined, 'no inventory', which)] };
}

/** True for a folder with an inventory.yml in it. */
export function isInventory(dir: string): boolean {
  return ['inventory.yml', 'inventory.yaml'].some((name) => existsSync(join(dir, name)));
}

function inventoriesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir).filter((name) => isInventory(join(dir, name)));
  } catch {
    return [];
  }
}
