import { problem } from '../diagnostics/diagnostic.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Block } from '../model/playbook.ts';
import type { SourceEntry, SourceMap, SourceNode } from '../model/source.ts';
import { checkImportKeys } from './import-keys.ts';
import { readInherited } from './inherited.ts';
import type { TaskReader, TaskReading } from './reading.ts';
import { asText, checkKeys, fieldsOf, isNull, isTemplate } from './shape.ts';
import type { Report } from './shape.ts';
import { findTaskFile, openTasks, whereOf } from './task-file.ts';

/**
 * The tasks of the file in the place of the import, as a block with its keywords: tags, when, become and the others
 * reach into every one of them, as in Ansible.
 */
export function readImport(
  map: SourceMap,
  entry: SourceEntry,
  reading: TaskReading,
  read: TaskReader,
): Block | undefined {
  const { report, sources, importing = [] } = reading;
  checkImportKeys(map, entry, 'import_tasks', report);
  const name = fileOf(entry.value, report);
  if (name === undefined) return undefined;
  const named = { name, at: entry.value.at, by: 'import_tasks' };
  const file = findTaskFile(named, whereOf(map, reading), reading);
  if (file === undefined) return undefined;
  const shown = sources.shown(file);
  if (importing.includes(file)) {
    const circle = [...importing.slice(importing.indexOf(file)), file];
    const files = circle.map((path) => sources.shown(path));
    report(inCircle(entry, files));
    return undefined;
  }
  const node = openTasks(file, reading);
  const within = { ...reading, importing: [...importing, file] };
  const tasks = node === undefined ? [] : read(node, `The tasks in ${shown}`, within);
  const fields = fieldsOf(map);
  const keywords = readInherited(fields, 'vars of import_tasks', report);
  return { kind: 'block', name: shown, at: map.at, keywords, block: tasks, rescue: [], always: [] };
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
      'import_tasks is read before anything runs, so no variable has a value yet: write the name of the file, or use include_tasks.';
    report(problem('bad-value', file.at, 'template in import_tasks', detail));
    return undefined;
  }
  return asText(file, '"import_tasks"', report);
}

function inCircle(entry: SourceEntry, files: readonly string[]): Diagnostic {
  const detail = `A file of tasks cannot import itself: ${files.join(' → ')}.`;
  return problem('bad-value', entry.value.at, 'imports in a circle', detail);
}
