import type { GroupFile } from './inventory-foreign.ts';
import { emptySection } from './inventory-foreign.ts';
import { hostBudget, hostsOf } from './inventory-host.ts';
import type { Report } from './shape.ts';

/** Reads `-i host1,host2:2222,web[1:3],`; `shown` is the name that the text is shown by. */
export function readHostList(text: string, shown: string, report: Report): GroupFile {
  const budget = hostBudget();
  const hosts = [...text.matchAll(/[^,]+/g)].flatMap(({ 0: part, index }) => {
    const name = part.trim();
    if (name === '') return [];
    const column = index + part.length - part.trimStart().length + 1;
    const at = { file: shown, line: 1, column, length: name.length };
    return hostsOf({ text: name, at, vars: undefined, label: `${shown}: ${name}` }, budget, report);
  });
  const at = { file: shown, line: 1, column: 1, length: text.length };
  return { sections: [{ ...emptySection('ungrouped', at), hosts }] };
}
