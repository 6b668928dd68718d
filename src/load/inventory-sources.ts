import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { problem } from '../diagnostics/diagnostic.ts';
import { vaultFormat } from '../vault/format.ts';
import { isScript } from './inventory-script.ts';
import { findYaml, isFolder, namesIn } from './open.ts';
import type { Report } from './shape.ts';
import type { Sources } from './sources.ts';

/** One thing to read for `-i`, and the folder that its group_vars and host_vars are in. */
export type InventorySource =
  | { readonly kind: 'file' | 'script'; readonly path: string; readonly dir: string }
  | { readonly kind: 'hosts'; readonly text: string; readonly shown: string };

/** As in Ansible: what is no inventory although it lies beside one. */
const LEFT_OUT = /(\.(pyc|pyo|swp|bak|rpm|md|txt|rst|orig|ini|cfg|retry)|~)$/;
const FOLDERS_OF_VARS = ['group_vars', 'host_vars', 'vars_plugins'];

/** True for `host1,host2,`: names with a comma, and no file of that name. */
export function isHostList(given: string): boolean {
  return given.includes(',') && !existsSync(given);
}

/** What the arguments of `-i` stand for, in their order: files, scripts, all files of a folder, lists of hosts. */
export function inventorySources(
  given: readonly string[],
  sources: Sources,
  report: Report,
): readonly InventorySource[] {
  const lists = given.filter(isHostList);
  return [...new Set(given)].flatMap((path): readonly InventorySource[] => {
    if (isHostList(path)) {
      const shown = lists.length === 1 ? '-i' : `-i[${lists.indexOf(path) + 1}]`;
      return [{ kind: 'hosts', text: path, shown }];
    }
    if (!isFolder(path)) return [fileOrScript(path, dirname(resolve(path)))];
    return inFolder(path, sources, report);
  });
}

function fileOrScript(path: string, dir: string): InventorySource {
  return { kind: isScript(path) ? 'script' : 'file', path, dir };
}

function inFolder(path: string, sources: Sources, report: Report): readonly InventorySource[] {
  const dir = resolve(path);
  const own = findYaml(path, 'inventory', sources, report);
  // A folder in our own layout is its inventory.yml; what else lies there has other uses.
  if (own !== undefined && isOwnLayout(sources.read(own))) return [fileOrScript(own, dir)];
  const names = namesIn(path);
  const files = names.filter((name) => !LEFT_OUT.test(name) && !isFolder(join(path, name)));
  sayLeftOut(path, names, sources, report);
  if (files.length === 0) report(emptyFolder(path, names, sources));
  return files.map((name) => fileOrScript(join(path, name), dir));
}

/** Judged by a look at the text; what cannot be read or is encrypted counts, as long as it has the name. */
function isOwnLayout(text: string | undefined): boolean {
  if (text === undefined || vaultFormat(text) !== undefined) return true;
  return /^["']?regions["']?[ \t]*:/m.test(text);
}

/** An .ini of its own, not the settings of a script beside it, looks like an inventory to most people. */
function sayLeftOut(path: string, names: readonly string[], sources: Sources, report: Report): void {
  for (const name of names.filter((one) => one.endsWith('.ini'))) {
    const stem = basename(name, '.ini');
    if (names.some((other) => other !== name && other.startsWith(`${stem}.`))) continue;
    const file = sources.shown(join(path, name));
    const detail = `${file} is left out: as in Ansible, a folder's .ini files are no inventories. Rename it to ${stem}, or give it by itself: -i ${file}`;
    report({ ...problem('not-found', undefined, 'file left out', detail), severity: 'warning' });
  }
}

function emptyFolder(path: string, names: readonly string[], sources: Sources): ReturnType<typeof problem> {
  const folders = names.filter(
    (name) =>
      !FOLDERS_OF_VARS.includes(name) && isFolder(join(path, name)) && namesIn(join(path, name)).length > 0,
  );
  const which = folders.map((name) => `-i ${sources.shown(join(path, name))}`).join(' or ');
  const hint = which === '' ? '' : ` Folders in it are not looked into. Do you mean ${which}?`;
  const detail = `The folder ${sources.shown(path)} holds no inventory.yml and no other inventory.${hint}`;
  return problem('not-found', undefined, 'no inventory', detail);
}
