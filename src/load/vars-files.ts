import { resolve } from 'node:path';
import { problem } from '../diagnostics/diagnostic.ts';
import type { VarLayer } from '../model/inventory.ts';
import type { SourceNode, SourceRange } from '../model/source.ts';
import { isFixed } from './fixed.ts';
import { filesMatching } from './name-pattern.ts';
import { openYaml } from './open.ts';
import { asText } from './shape.ts';
import type { PlacedText, Report } from './shape.ts';
import type { Sources } from './sources.ts';
import { loadVarsFile } from './vars.ts';

interface FilesReading {
  /** Of the playbook. */
  readonly dir: string;
  readonly sources: Sources;
  readonly report: Report;
}

/**
 * The layers of `vars_files`. A list in the list stands for the first of its files that is there; where templates name
 * them, all files that may be meant are read, and the run chooses for each node.
 */
export function readVarsFiles(node: SourceNode, reading: FilesReading): readonly VarLayer[] {
  const items =
    node.kind === 'list' ? node.items : node.kind === 'scalar' && node.value === null ? [] : [node];
  return items.flatMap((item) => {
    const names = item.kind === 'list' ? item.items : [item];
    const texts = names.flatMap((name): readonly PlacedText[] => {
      const text = asText(name, 'each of "vars_files"', reading.report);
      return text === undefined ? [] : [{ text, at: name.at }];
    });
    if (texts.length < names.length || texts.length === 0) return [];
    return names.every(isFixed) ? firstOf(texts, item.at, reading) : [choiceOf(names, texts, reading)];
  });
}

function firstOf(
  names: readonly PlacedText[],
  at: SourceRange,
  { dir, sources, report }: FilesReading,
): readonly VarLayer[] {
  const found = names.find(({ text }) => sources.read(resolve(dir, text)) !== undefined);
  if (found !== undefined) {
    return [loadVarsFile(resolve(dir, found.text), `vars_files: ${found.text}`, sources, report)];
  }
  const why = names.map(({ text }) => sources.why(resolve(dir, text))?.detail ?? text).join(' ');
  const several =
    names.length === 1 ? 'It is looked for' : 'The first that is there counts; they are looked for';
  report(problem('not-found', at, 'cannot read vars_files', `${why} ${several} beside the playbook.`));
  return [];
}

function choiceOf(
  names: readonly SourceNode[],
  texts: readonly PlacedText[],
  { dir, sources, report }: FilesReading,
): VarLayer {
  const paths = [...new Set(texts.flatMap(({ text }) => filesMatching(text, dir, dir)))];
  // Nobody says that all of them are meant, or that all are files of variables.
  const warn: Report = (found) => report({ ...found, severity: 'warning' });
  const files = new Map(
    paths.flatMap((path): [string, VarLayer][] => {
      if (!isMap(path, sources)) return [];
      return [[path, loadVarsFile(path, `vars_files: ${sources.shown(path)}`, sources, warn)]];
    }),
  );
  const vars = new Map([...files.values()].flatMap((layer) => [...layer.vars]));
  const label = `vars_files: ${texts.map(({ text }) => text).join(', ')}`;
  return { label, vars, choice: { names, dir, files } };
}

/** False for playbooks and files of tasks, which are lists. */
function isMap(path: string, sources: Sources): boolean {
  let broken = false;
  const node = openYaml(path, sources, () => {
    broken = true;
  });
  return broken || node === undefined || node.kind === 'map';
}
