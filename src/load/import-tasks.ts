import { dirname, resolve } from 'node:path';
import { problem } from '../diagnostics/diagnostic.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Block, TaskItem } from '../model/playbook.ts';
import type { SourceEntry, SourceMap, SourceNode } from '../model/source.ts';
import { readInherited } from './inherited.ts';
import { isKeyword, keywordsOf, withoutCollection } from './keywords.ts';
import { openYaml } from './open.ts';
import { asText, checkKeys, fieldsOf, isNull, isTemplate, unknownKey } from './shape.ts';
import type { Report } from './shape.ts';
import type { Sources } from './sources.ts';

/** What imports are read with. */
export interface ImportReading {
  readonly sources: Sources;
  readonly report: Report;
  /** Files that lead here, outermost first. */
  readonly importing?: readonly string[];
}

/** Reads the tasks of a file; `what` names them in messages. */
export type TaskReader = (
  node: SourceNode,
  what: string,
  importing: readonly string[],
) => readonly TaskItem[];

/** The key that makes a task a static import. */
export function importKey(map: SourceMap): SourceEntry | undefined {
  return map.entries.find(({ key }) => withoutCollection(key) === 'import_tasks');
}

/**
 * The tasks of the file in the place of the import, as a block with its keywords: tags, when, become and the others
 * reach into every one of them, as in Ansible.
 */
export function readImport(
  map: SourceMap,
  entry: SourceEntry,
  reading: ImportReading,
  read: TaskReader,
): Block | undefined {
  const { report, sources, importing = [] } = reading;
  for (const other of map.entries) if (other !== entry) checkKey(other, report);
  const name = fileOf(entry.value, report);
  if (name === undefined) return undefined;
  const file = resolve(dirname(resolve(map.at.file)), name);
  const shown = sources.shown(file);
  if (importing.includes(file)) {
    report(
      inCircle(
        entry,
        [...importing.slice(importing.indexOf(file)), file].map((path) => sources.shown(path)),
      ),
    );
    return undefined;
  }
  if (sources.read(file) === undefined) {
    const why = sources.why(file)?.detail ?? '';
    const detail = `${why} import_tasks looks beside the file that it stands in: ${shown}.`;
    report(problem('not-found', entry.value.at, 'cannot read the tasks to import', detail));
    return undefined;
  }
  const node = openYaml(file, sources, report);
  const tasks = node === undefined ? [] : read(node, `The tasks in ${shown}`, [...importing, file]);
  const fields = fieldsOf(map);
  const keywords = readInherited(fields, 'vars of import_tasks', report);
  return { kind: 'block', name: shown, at: map.at, keywords, block: tasks, rescue: [], always: [] };
}

function checkKey(entry: SourceEntry, report: Report): void {
  if (isKeyword(entry.key, 'block') && !['block', 'rescue', 'always'].includes(entry.key)) return;
  if (isKeyword(entry.key, 'task')) {
    const detail = `"${entry.key}" is not possible beside import_tasks, which is read before anything runs. Write it at the tasks in the file.`;
    report(problem('unknown-key', entry.keyAt, 'keyword in the wrong place', detail));
  } else report(unknownKey(entry, keywordsOf('block'), 'import_tasks'));
}

/** `import_tasks: FILE` or `import_tasks: {file: FILE}`. */
function fileOf(node: SourceNode, report: Report): string | undefined {
  if (node.kind === 'map') checkKeys(node, ['file'], 'import_tasks', report);
  const file = node.kind === 'map' ? fieldsOf(node).get('file')?.value : node;
  if (file === undefined || isNull(file)) {
    report(
      problem('missing-key', node.at, 'missing file', 'import_tasks needs the name of a file of tasks.'),
    );
    return undefined;
  }
  if (isTemplate(file)) {
    const detail =
      'import_tasks is read before anything runs, so no variable has a value yet: write the name of the file.';
    report(problem('bad-value', file.at, 'template in import_tasks', detail));
    return undefined;
  }
  return asText(file, '"import_tasks"', report);
}

function inCircle(entry: SourceEntry, files: readonly string[]): Diagnostic {
  const detail = `A file of tasks cannot import itself: ${files.join(' → ')}.`;
  return problem('bad-value', entry.value.at, 'imports in a circle', detail);
}
