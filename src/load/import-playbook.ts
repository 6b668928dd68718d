import { dirname, resolve } from 'node:path';
import { problem } from '../diagnostics/diagnostic.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Play } from '../model/playbook.ts';
import type { SourceEntry, SourceMap } from '../model/source.ts';
import { readInherited } from './inherited.ts';
import { asText, checkKeys, fieldsOf, isTemplate } from './shape.ts';
import type { Report } from './shape.ts';
import type { Sources } from './sources.ts';

/** Where an import of a playbook stands, and how playbooks are read. */
export interface PlaybookImport {
  /** The playbook that imports. */
  readonly file: string;
  /** Those that import it, outermost first. */
  readonly chain: readonly string[];
  readonly sources: Sources;
  readonly report: Report;
  readonly read: (file: string) => readonly Play[];
}

/** The plays of the playbook that `import_playbook` names; its `vars`, `tags` and `when` reach into all of them. */
export function importedPlays(
  map: SourceMap,
  entry: SourceEntry,
  { file, chain, sources, report, read }: PlaybookImport,
): readonly Play[] {
  checkKeys(map, [entry.key, 'name', 'when', 'tags', 'vars'], 'import_playbook', report);
  const name = nameOf(entry, report);
  if (name === undefined) return [];
  const path = resolve(dirname(file), name);
  const around = [...chain, file];
  if (around.includes(path)) {
    const circle = [...around.slice(around.indexOf(path)), path].map((each) => sources.shown(each));
    const detail = `A playbook cannot import itself: ${circle.join(' → ')}.`;
    report(problem('bad-value', entry.value.at, 'imports in a circle', detail));
    return [];
  }
  if (sources.read(path) === undefined) {
    const why = sources.why(path)?.detail ?? '';
    const detail = `${why} import_playbook looks beside the playbook that it stands in: ${sources.shown(path)}.`;
    report(problem('not-found', entry.value.at, 'cannot read the playbook to import', detail));
    return [];
  }
  const { when, tags, vars } = readInherited(fieldsOf(map), 'vars of import_playbook', report);
  return read(path).map((play) => ({
    ...play,
    layers: vars === undefined ? play.layers : [...play.layers, vars],
    keywords: {
      ...play.keywords,
      tags: [...tags, ...play.keywords.tags],
      when: [...when, ...play.keywords.when],
    },
  }));
}

function nameOf({ key, value }: SourceEntry, report: Report): string | undefined {
  if (!isTemplate(value)) return asText(value, `"${key}"`, report);
  const found: Diagnostic = problem(
    'bad-value',
    value.at,
    'template in import_playbook',
    'import_playbook is read before anything runs, so no variable has a value yet: write the name of the file.',
  );
  report(found);
  return undefined;
}
