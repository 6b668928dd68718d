import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Checked } from '../diagnostics/diagnostic.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { isHostList } from '../load/inventory-sources.ts';
import { UsageError } from './usage-error.ts';

/** The inventories to use: as given by `-i`, else $OMS_PLAY_INVENTORY, else ./inventory where it is one. */
export function chooseInventories(
  given: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Checked<readonly string[]> {
  if (given.length > 0) return { value: given.map((path) => inventoryPath(path, cwd)), problems: [] };
  const fromEnv = (env['OMS_PLAY_INVENTORY'] ?? '').split(':').filter((path) => path !== '');
  if (fromEnv.length > 0) return { value: fromEnv.map((path) => inventoryPath(path, cwd)), problems: [] };
  const standard = resolve(cwd, 'inventory');
  if (isInventory(standard) || statSync(standard, { throwIfNoEntry: false })?.isFile() === true)
    return { value: [standard], problems: [] };
  const near = inventoriesIn(standard).map((name) => `-i inventory/${name}`);
  const which =
    near.length > 0
      ? `Which one? ${near.join(' or ')}.`
      : 'Say which one: -i PATH of an inventory.yml or of the folder that holds it, or set OMS_PLAY_INVENTORY.';
  return { value: [], problems: [problem('not-found', undefined, 'no inventory', which)] };
}

/** True for a folder with an inventory.yml in it, or with the hosts file that Ansible's users have. */
export function isInventory(dir: string): boolean {
  const names = ['inventory.yml', 'inventory.yaml', 'hosts', 'hosts.yml', 'hosts.yaml'];
  return names.some((name) => statSync(join(dir, name), { throwIfNoEntry: false })?.isFile() === true);
}

/** An argument of `-i` as an absolute path; a list of hosts, `host1,host2,`, stays as it is. */
export function inventoryPath(given: string, cwd: string): string {
  const path = resolve(cwd, given);
  return given.includes(',') && isHostList(path) ? given : path;
}

/** How inventories of Ansible's form are read. */
export interface InventorySettings {
  /** Variable or parent group that says what the regions are; undefined: oms_region and oms_regions. */
  readonly regionBy?: string | undefined;
  /** How long one call of a dynamic inventory may take. */
  readonly scriptTimeoutMs?: number;
  /** False: dynamic inventories are left out, with a warning. */
  readonly runScripts?: boolean;
}

export const SCRIPT_TIMEOUT_MS = 60_000;

/** The settings of the command line, else of $OMS_PLAY_REGION_BY and $OMS_PLAY_INVENTORY_TIMEOUT (seconds). */
export function inventorySettings(
  options: { readonly regionBy?: string },
  env: Readonly<Record<string, string | undefined>>,
): InventorySettings {
  const regionBy = options.regionBy ?? env['OMS_PLAY_REGION_BY'];
  const timeout = env['OMS_PLAY_INVENTORY_TIMEOUT'] ?? '';
  if (timeout !== '' && !(/^\d{1,5}(\.\d+)?$/.test(timeout) && Number(timeout) > 0)) {
    throw new UsageError(`OMS_PLAY_INVENTORY_TIMEOUT must be a number of seconds above 0, not "${timeout}"`);
  }
  return {
    ...(regionBy === undefined || regionBy === '' ? {} : { regionBy }),
    ...(timeout === '' ? {} : { scriptTimeoutMs: Number(timeout) * 1000 }),
  };
}

function inventoriesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir).filter((name) => isInventory(join(dir, name)));
  } catch {
    return [];
  }
}
