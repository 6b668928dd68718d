import { sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { Lines } from '../answer-lines.ts';
import { ModuleError } from '../define.ts';
import { commandError } from '../failure.ts';
import { labelled, queryTool } from '../steps.ts';
import type { PackageChange } from './transaction.ts';

/** What rpm says. */
export interface DnfState {
  /** dnf, or yum where that is all there is. */
  readonly tool: string;
  /** The names of the task that something installed answers to, with that version. */
  readonly installed: ReadonlyMap<string, string>;
}

/** All in one request. */
export async function lookAtRpm(node: NodeReader, names: readonly string[]): Promise<DnfState> {
  const format = '%{VERSION}-%{RELEASE}\\n';
  const script = sh`f=${format}
for t in dnf5 dnf yum; do command -v $t >/dev/null && { echo "tool $t"; break; }; done
for n in ${names}; do
  case $n in
  @*|'*') continue ;;
  /*.rpm) q=$(rpm -qp --qf '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}' "$n" 2>/dev/null) || { echo "bad $n"; continue; } ;;
  *) q=$n ;;
  esac
  v=$(rpm -q --qf "$f" "$q" 2>/dev/null) || v=$(rpm -q --qf "$f" --whatprovides "$q" 2>/dev/null) || v=
  [ "$v" ] && echo "has $n $(printf '%s\n' "$v" | tail -n 1)"
done
true`;
  const done = await queryTool(node, labelled(script, '(rpm)'));
  const lines = new Lines(done.stdout.toString('utf8'));
  const tool = lines.one('tool');
  if (tool === undefined) {
    throw new ModuleError({
      message: `there is neither dnf nor yum on ${node.name}`,
      hint: 'The module package finds what is there.',
    });
  }
  const [bad] = lines.all('bad');
  if (bad !== undefined) throw new ModuleError({ message: `no package file on ${node.name}: ${bad}` });
  const installed = new Map(
    lines.all('has').map((line) => {
      const [name = '', version = ''] = line.split(' ');
      return [name, version];
    }),
  );
  return { tool, installed };
}

/** What dnf would do, by its own word. */
export async function assume(
  node: NodeReader,
  tool: string,
  words: readonly string[],
): Promise<readonly PackageChange[]> {
  const command = sh`${[tool, '--assumeno', ...words]}`;
  const done = await queryTool(node, command);
  const text = done.stdout.toString('utf8');
  const changes = transactionIn(text);
  if (changes.length > 0) return changes;
  const nothing = /Nothing to do|No packages marked for (update|removal)|No Packages marked/i;
  if (nothing.test(text + done.stderr.toString('utf8')))
    return refuseMissing(text, done.stderr.toString('utf8'));
  if (done.exitCode === 0) return [];
  const missing = /(?:No match for argument|No package) ?:? ?(\S+)/i.exec(
    text + done.stderr.toString('utf8'),
  )?.[1];
  const message = missing === undefined ? `${tool} cannot do that` : `${tool} knows no package ${missing}`;
  throw commandError(message, command, done, {
    hint: 'Is the name right, and its repository on (enablerepo)?',
  });
}

/** yum ends well with "Nothing to do" when it knows no such package. */
function refuseMissing(stdout: string, stderr: string): readonly PackageChange[] {
  const missing = /No package (\S+) available/.exec(`${stdout}\n${stderr}`)?.[1];
  if (missing === undefined) return [];
  throw new ModuleError({
    message: `there is no package ${missing}`,
    hint: 'Is the name right, and its repository on (enablerepo)?',
  });
}

/** The table that dnf and yum draw before they ask. */
export function transactionIn(text: string): readonly PackageChange[] {
  const changes: PackageChange[] = [];
  let section: string | undefined;
  // Long names stand on a line of their own, the rest below them.
  const lines = text.replace(/^( \S+)\n +(?=\S+ +\S)/gm, '$1 ').split('\n');
  for (const line of lines) {
    const header = /^(Install|Upgrad|Updat|Remov|Downgrad|Reinstall|Eras)ing\b.*:\s*$/.exec(line)?.[1];
    if (header !== undefined) section = header;
    else if (/^(Transaction Summary|Skipp|$)/.test(line)) section = undefined;
    const [, name, , version] = (section !== undefined && /^ (\S+)\s+(\S+)\s+(\S+)\s+\S+/.exec(line)) || [];
    if (name === undefined || name === 'replacing' || version === undefined) continue;
    const gone = section === 'Remov' || section === 'Eras';
    changes.push({
      name,
      before: section === 'Install' ? undefined : gone ? version : 'installed',
      after: gone ? undefined : version,
    });
  }
  return changes;
}
