import { problem } from '../diagnostics/diagnostic.ts';
import type { SourceEntry, SourceMap } from '../model/source.ts';
import { isKeyword, keywordsOf } from './keywords.ts';
import { unknownKey } from './shape.ts';
import type { Report } from './shape.ts';

const OF_BLOCKS = ['block', 'rescue', 'always', 'loop', 'loop_control'];

/** Beside an import only what blocks hand down says anything: it is read before anything runs. */
export function checkImportKeys(map: SourceMap, own: SourceEntry, name: string, report: Report): void {
  for (const entry of map.entries) {
    if (entry === own || (isKeyword(entry.key, 'block') && !OF_BLOCKS.includes(entry.key))) continue;
    if (isKeyword(entry.key, 'task')) {
      const instead = name.replace('import_', 'include_');
      const detail = `"${entry.key}" is not possible beside ${name}, which is read before anything runs. Write it at the tasks in the file, or use ${instead}.`;
      report(problem('unknown-key', entry.keyAt, 'keyword in the wrong place', detail));
    } else report(unknownKey(entry, keywordsOf('block'), name));
  }
}
