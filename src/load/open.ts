import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { problem } from '../diagnostics/diagnostic.ts';
import type { SourceNode, SourceRange } from '../model/source.ts';
import type { Report } from './shape.ts';
import type { Sources } from './sources.ts';
import { vaultFormat } from '../vault/format.ts';
import { openVaultFile } from './vaulted.ts';
import { parseYaml } from './yaml.ts';

/** Reads and parses a file; undefined when it is empty or broken, the latter reported. `from` names it in the user's files. */
export function openYaml(
  file: string,
  sources: Sources,
  report: Report,
  from?: SourceRange,
): SourceNode | undefined {
  const text = sources.read(file);
  if (text === undefined) {
    const why = sources.why(file);
    if (why !== undefined) report(from === undefined ? why : { ...why, at: from });
    return undefined;
  }
  const name = sources.shown(file);
  if (vaultFormat(text) !== undefined) return openVaultFile(file, text, sources, report);
  const { value, problems } = parseYaml(text, name, sources.vault);
  for (const found of problems) report(found);
  if (value !== undefined) sources.trees.set(name, value);
  return value;
}

/** The beginning of a file, for problems of the whole file. */
export function startOf(shownName: string): SourceRange {
  return { file: shownName, line: 1, column: 1, length: 1 };
}

/** `dir/base.yml` or `dir/base.yaml`, whichever is there; both at once are reported. */
export function findYaml(dir: string, base: string, sources: Sources, report: Report): string | undefined {
  const found = ['.yml', '.yaml'].map((ext) => join(dir, base + ext)).filter((file) => existsSync(file));
  const [first, second] = found;
  if (first !== undefined && second !== undefined) {
    const detail = `${sources.shown(first)} and ${sources.shown(second)} are both there; which one counts? Remove one.`;
    report(problem('duplicate', startOf(sources.shown(second)), 'file there twice', detail));
  }
  return first;
}

/** True for a folder that is there. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Names in a folder, sorted, hidden ones left out; none when there is no such folder. */
export function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir)
      .filter((name) => !name.startsWith('.') && !name.endsWith('~'))
      .sort();
  } catch {
    return [];
  }
}
