import { problem } from '../diagnostics/diagnostic.ts';
import type { SourceRange } from '../model/source.ts';
import { checkVariableName } from './names.ts';
import type { Report } from './shape.ts';

/** True when a group of Ansible's inventory can have this name; says otherwise why not. */
export function checkGroupName(name: string, at: SourceRange, report: Report): boolean {
  if (name === '' || /[\s\p{C}]/u.test(name)) {
    const detail = `"${name}" cannot name a group: there are blanks or invisible characters in it, or nothing.`;
    report(problem('bad-value', at, 'bad name', detail));
    return false;
  }
  if (/[:,[\]*?]|^[&!~@]/.test(name)) {
    const detail = `The group "${name}" is there, but no pattern of hosts can name it: ":", ",", "[", "]", "*", "?", and "&", "!", "~", "@" in front mean something there.`;
    report({ ...problem('bad-value', at, 'group that patterns cannot name', detail), severity: 'warning' });
  }
  return true;
}

/** True for a name that a variable can have. A warning says that it is left out, an error that it must go. */
export function checkForeignVariable(
  name: string,
  at: SourceRange,
  severity: 'error' | 'warning',
  report: Report,
): boolean {
  return checkVariableName(name, at, (found) => {
    const left = severity === 'warning' ? ' It is left out.' : '';
    report({ ...found, severity, detail: `${found.detail}${left}` });
  });
}
