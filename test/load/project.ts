import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { createSources } from '../../src/load/sources.ts';
import type { Sources } from '../../src/load/sources.ts';

/** A temporary folder of files, with sources that show names relative to it. */
export interface Project {
  readonly dir: string;
  readonly sources: Sources;
  readonly path: (name: string) => string;
  readonly remove: () => void;
}

/** Writes the files, by relative name. */
export function project(files: Readonly<Record<string, string | Buffer>>): Project {
  const dir = mkdtempSync(join(tmpdir(), 'oms-load-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), content);
  }
  return {
    dir,
    sources: createSources({ cwd: dir }),
    path: (name) => join(dir, name),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Runs with such a folder and removes it afterwards. */
export function withProject<T>(
  files: Readonly<Record<string, string | Buffer>>,
  use: (made: Project) => T,
): T {
  const made = project(files);
  try {
    return use(made);
  } finally {
    made.remove();
  }
}

/** `file:line:column code` of each problem. */
export function places(problems: readonly Diagnostic[]): readonly string[] {
  return problems.map(({ at, code }) => {
    const place = at === undefined ? '-' : `${at.file}:${at.line}:${at.column}`;
    return `${place} ${code}`;
  });
}
