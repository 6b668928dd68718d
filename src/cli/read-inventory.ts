import { dirname, resolve } from 'node:path';
import type { Diagnostic, DiagnosticCode } from '../diagnostics/diagnostic.ts';
import { loadInventory } from '../load/inventory.ts';
import type { ScriptAnswers } from '../load/inventory-scripts.ts';
import type { Sources } from '../load/sources.ts';
import type { Inventory } from '../model/inventory.ts';
import { inventoryPath, type InventorySettings } from './inventory-choice.ts';
import { packageRoot } from './package-root.ts';
import { findPlaybooks } from './playbook-files.ts';

export interface ReadInventory {
  readonly value: Inventory;
  readonly problems: readonly Diagnostic[];
  /** False: parts of it are missing, so that what is missing in turn says nothing. */
  readonly whole: boolean;
}

/** Which inventories, and the playbooks that bring variables of their own beside them. */
export interface InventoryRequest {
  readonly inventories: readonly string[] | undefined;
  readonly playbooks: readonly string[];
  readonly playbookDirs?: readonly string[];
  readonly inventorySettings?: InventorySettings;
}

/** Reads the inventories with group_vars and host_vars beside them and beside the playbooks. */
export function readInventory(
  request: InventoryRequest,
  from: { readonly cwd: string; readonly sources: Sources; readonly scripts: ScriptAnswers },
): ReadInventory {
  const { inventories, inventorySettings, playbookDirs = [] } = request;
  const { cwd, sources, scripts } = from;
  if (inventories === undefined) return { value: noInventory(cwd), problems: [], whole: false };
  const played = findPlaybooks(request.playbooks, { cwd, packageDir: packageRoot() }).value;
  const { value, problems } = loadInventory(
    inventories.map((path) => inventoryPath(path, cwd)),
    sources,
    {
      scripts,
      regionBy: inventorySettings?.regionBy,
      playbookDirs: [...playbookDirs.map((dir) => resolve(cwd, dir)), ...played.map((file) => dirname(file))],
    },
  );
  const partial: readonly DiagnosticCode[] = ['yaml-syntax', 'file-unreadable', 'empty-file', 'not-found'];
  const whole = value.nodes.size > 0 && !problems.some((found) => partial.includes(found.code));
  return { value, problems, whole };
}

/** None that is known. */
export function noInventory(dir: string): Inventory {
  return { dir, regions: [], groups: new Map(), nodes: new Map() };
}
