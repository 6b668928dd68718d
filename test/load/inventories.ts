import { expect } from 'chai';
import { loadInventory } from '../../src/load/inventory.ts';
import type { Inventory } from '../../src/model/inventory.ts';
import { withProject } from './project.ts';

type Files = Readonly<Record<string, string>>;

/** Loads an inventory from these files. */
export function load(files: Files, paths: readonly string[] = ['.']) {
  return withProject(files, ({ path, sources, dir }) => ({
    ...loadInventory(paths.map(path), sources),
    dir,
  }));
}

/** The same where no problem is expected. */
export function good(files: Files, paths?: readonly string[]): Inventory {
  const { value, problems } = load(files, paths);
  expect(problems).to.deep.equal([]);
  return value;
}

/** One region with one node. */
export const SMALL = 'regions:\n  r:\n    nodes:\n      n1: { address: 10.0.0.1 }\n';
