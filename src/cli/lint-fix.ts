import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { applyEdits } from '../lint/edits.ts';
import type { Outcome } from '../lint/outcome.ts';
import { parseYaml } from '../load/yaml.ts';
import { replaceFile } from '../vault/replace-file.ts';
import type { LintCommandOptions } from './command-options.ts';
import type { Io } from './io.ts';
import type { Linted } from './lint-answer.ts';
import { UsageError } from './usage-error.ts';

/** Writes what can be mended into the files, each wholly or not at all, and says so; gives how many it were. */
export function applyFixes({ outcomes, mask }: Linted, options: LintCommandOptions, io: Io): number {
  const byFile = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    if (outcome.edits.length === 0 || outcome.at === undefined) continue;
    byFile.set(outcome.at.file, [...(byFile.get(outcome.at.file) ?? []), outcome]);
  }
  // Where stdout is for a program, people read stderr.
  const sink = options.output === 'plain' ? io.stdout : io.stderr;
  let count = 0;
  for (const [file, found] of byFile) {
    const lines = fixFile(resolve(io.cwd, file), found);
    for (const line of lines) sink.write(mask(`fixed ${line}\n`));
    count += lines.length;
  }
  return count;
}

function fixFile(path: string, found: readonly Outcome[]): readonly string[] {
  const whole = readFileSync(path, 'utf8');
  const bom = whole.startsWith('\uFEFF') ? '\uFEFF' : '';
  const text = whole.slice(bom.length);
  const rules = new Map(found.flatMap(({ edits, rule }) => edits.map((edit) => [edit, rule] as const)));
  const edited = applyEdits(text, [...rules.keys()]);
  // A text that reads worse than before is not written, whichever rule was wrong.
  if (edited.applied.length === 0 || mistakes(edited.text) > mistakes(text)) return [];
  try {
    replaceFile(path, bom + edited.text);
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const lines = text.split('\n');
  return edited.applied.map((edit) => {
    const { file, line, column, length } = edit.at;
    const old = (lines[line - 1] ?? '').slice(column - 1, column - 1 + length);
    return `${file}:${line}:${column} ${rules.get(edit) ?? ''}: ${old} → ${edit.text}`;
  });
}

function mistakes(text: string): number {
  return parseYaml(text, '').problems.length;
}
