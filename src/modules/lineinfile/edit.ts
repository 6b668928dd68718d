import { ModuleError } from '../define.ts';
import { expanded, matchingLines } from '../regex.ts';

export interface Edit {
  readonly state: 'present' | 'absent';
  readonly line?: string | undefined;
  readonly regexp?: string | undefined;
  readonly search_string?: string | undefined;
  readonly insertafter?: string | undefined;
  readonly insertbefore?: string | undefined;
  readonly backrefs: boolean;
  readonly firstmatch: boolean;
}

/** The text with the line there, or gone; line ends stay as the file has them. */
export function edited(text: string, edit: Edit): string {
  const ending = /\r\n/.test(text) ? '\r\n' : '\n';
  const closed = text === '' || text.endsWith('\n');
  const lines = text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
  const after = edit.state === 'absent' ? without(lines, edit) : withLine(lines, edit);
  if (after.length === lines.length && after.every((line, i) => line === lines[i])) return text;
  if (after.length === 0) return '';
  const lastIsNew = after.at(-1) !== lines.at(-1);
  return after.join(ending) + (closed || lastIsNew ? ending : '');
}

function without(lines: readonly string[], edit: Edit): readonly string[] {
  if (edit.line === undefined && edit.regexp === undefined && edit.search_string === undefined) {
    throw new ModuleError({ message: 'state absent needs line, regexp or search_string' });
  }
  const byPattern = matches(lines, edit);
  return lines.filter((line, i) => (byPattern === undefined ? line !== edit.line : !byPattern.includes(i)));
}

function withLine(lines: readonly string[], edit: Edit): readonly string[] {
  const { line, backrefs } = edit;
  if (line === undefined) throw new ModuleError({ message: 'state present needs line' });
  const hit = matches(lines, edit)?.at(edit.firstmatch ? 0 : -1);
  if (hit !== undefined) {
    const filled = backrefs ? expanded(edit.regexp ?? '', line, lines[hit] ?? '') : line;
    return lines.with(hit, filled);
  }
  if (backrefs || lines.includes(line)) return lines;
  return lines.toSpliced(placeOf(lines, edit), 0, line);
}

/** undefined: neither regexp nor search_string was given. */
function matches(lines: readonly string[], edit: Edit): number[] | undefined {
  const { regexp, search_string } = edit;
  if (regexp !== undefined) return matchingLines(regexp, lines, 'regexp');
  if (search_string === undefined) return undefined;
  return lines.flatMap((line, i) => (line.includes(search_string) ? [i] : []));
}

function placeOf(lines: readonly string[], edit: Edit): number {
  const { insertafter = 'EOF', insertbefore } = edit;
  const which = edit.firstmatch ? 0 : -1;
  if (insertbefore === 'BOF' || insertafter === 'BOF') return 0;
  if (insertbefore !== undefined)
    return matchingLines(insertbefore, lines, 'insertbefore').at(which) ?? lines.length;
  if (insertafter === 'EOF') return lines.length;
  const after = matchingLines(insertafter, lines, 'insertafter').at(which);
  return after === undefined ? lines.length : after + 1;
}
