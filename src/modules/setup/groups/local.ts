import type { Data } from '../../../model/data.ts';
import type { FactGroup } from '../group.ts';
import { parseIni } from './ini.ts';

/** Programs are run, all else is read. Nothing of either is shown as an error: the parts that are well count. */
const SCRIPT = `for f in "$d"/*.fact;do [ -f "$f" ]||continue
n=\${f##*/};s "fact $n";if [ -x "$f" ];then $t "$f" </dev/null 2>/dev/null;c=$?;s "code $n";echo $c;else cat "$f" 2>/dev/null;fi;done`;

/** What the administrator of the node has put into /etc/ansible/facts.d. */
export const local: FactGroup = {
  name: 'local',
  facts: ['local'],
  fleeting: true,
  script: SCRIPT,
  read: (answer) => {
    const facts: [string, Data][] = [];
    const warnings: string[] = [];
    for (const { name, text } of answer.sections) {
      const [, file] = /^fact (.*)\.fact$/.exec(name) ?? [];
      if (file === undefined) continue;
      const code = answer.section(`code ${file}.fact`)?.trim();
      const found = code === undefined || code === '0' ? valueOf(text) : undefined;
      if (found !== undefined) facts.push([file, found]);
      else warnings.push(`the local fact ${file}.fact is left out: ${wrong(code)}`);
    }
    return { facts: { local: Object.fromEntries(facts) }, warnings };
  },
};

function wrong(code: string | undefined): string {
  if (code === '124') return 'its program took longer than gather_timeout';
  return code === undefined || code === '0'
    ? 'it is neither JSON nor INI'
    : `its program ended with exit code ${code}`;
}

/** undefined: it is neither. */
function valueOf(text: string): Data | undefined {
  try {
    return JSON.parse(text) as Data;
  } catch {
    return parseIni(text);
  }
}
