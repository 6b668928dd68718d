import { sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { Lines } from '../answer-lines.ts';
import { ModuleError } from '../define.ts';
import { commandError } from '../failure.ts';
import { labelled, queryTool } from '../steps.ts';
import type { PackageChange } from './transaction.ts';

/** A package as a task names it. */
export interface PackageSpec {
  /** As apt-get takes it. */
  readonly word: string;
  readonly name: string;
  readonly version: string | undefined;
}

/** What dpkg and the lists say. */
export interface AptState {
  /** By the name, with and without its architecture. */
  readonly installed: ReadonlyMap<string, string>;
  /** Gone, but for its configuration files. */
  readonly configOnly: ReadonlySet<string>;
  /** Seconds since the lists were updated; undefined: never. */
  readonly listsAge: number | undefined;
  readonly listsTime: number | undefined;
  readonly hasArchives: boolean;
  readonly deb: { readonly name: string; readonly version: string; readonly newer: boolean } | undefined;
}

/** "nginx=1.22*" */
export function specOf(word: string): PackageSpec {
  const [name = word, version] = word.split('=');
  return { word, name, version };
}

/** All in one request. */
export async function lookAtApt(
  node: NodeReader,
  specs: readonly PackageSpec[],
  deb: string | undefined,
): Promise<AptState> {
  const format = 'pkg ${db:Status-Status} ${Package} ${Architecture} ${Version}\\n';
  const script = sh`command -v apt-get >/dev/null || { echo none; exit 0; }
l=/var/lib/apt/lists; t=0
if ls $l/*Release >/dev/null 2>&1; then
  for f in /var/lib/apt/periodic/update-success-stamp $l $l/partial; do
    [ -e $f ] && { m=$(stat -c %Y $f); [ $m -gt $t ] && t=$m; }
  done
  echo "stamp $t"
fi
echo "now $(date +%s)"
set -- ${specs.map((spec) => spec.name)}
[ $# = 0 ] || dpkg-query -W -f ${format} "$@" 2>/dev/null
ls /var/cache/apt/archives/*.deb >/dev/null 2>&1 && echo archives
d=${deb ?? ''}
if [ "$d" ]; then
  if p=$(dpkg-deb -f "$d" Package) && v=$(dpkg-deb -f "$d" Version); then
    i=$(dpkg-query -W -f '\${db:Status-Status} \${Version}' "$p" 2>/dev/null)
    n=yes; case $i in installed*) dpkg --compare-versions "$v" gt "\${i#* }" || n=no; echo "pkg installed $p - \${i#* }";; esac
    echo "deb $p $v $n"
  else echo "bad $d"; fi
fi
true`;
  const done = await queryTool(node, labelled(script, '(apt)'));
  const lines = new Lines(done.stdout.toString('utf8'));
  if (lines.has('none')) {
    throw new ModuleError({
      message: `there is no apt-get on ${node.name}`,
      hint: 'The module package finds what is there.',
    });
  }
  if (lines.has('bad')) {
    throw new ModuleError({
      message: `no package file on ${node.name}: ${deb}`,
      stderr: done.stderr.toString('utf8').trim(),
    });
  }
  return stateIn(lines);
}

function stateIn(lines: Lines): AptState {
  const installed = new Map<string, string>();
  const configOnly = new Set<string>();
  for (const line of lines.all('pkg')) {
    const [status, name = '', arch = '', version = ''] = line.split(' ');
    if (status === 'installed') installed.set(name, version).set(`${name}:${arch}`, version);
    if (status === 'config-files') configOnly.add(name);
  }
  const stamp = lines.one('stamp');
  const [name, version, newer] = lines.one('deb')?.split(' ') ?? [];
  const listsTime = stamp === undefined ? undefined : Number(stamp);
  return {
    installed,
    configOnly,
    listsTime,
    listsAge: listsTime === undefined ? undefined : Number(lines.one('now')) - listsTime,
    hasArchives: lines.has('archives'),
    deb: name === undefined || version === undefined ? undefined : { name, version, newer: newer === 'yes' },
  };
}

/** What apt-get would do, by its own word; undefined: it does not know a package. */
export async function simulate(
  node: NodeReader,
  words: readonly string[],
  tolerant: boolean,
): Promise<readonly PackageChange[] | undefined> {
  const command = sh`apt-get ${['-s', '-o', 'Debug::NoLocking=1', ...words]}`;
  const done = await queryTool(node, command);
  if (done.exitCode === 0) return changesIn(done.stdout.toString('utf8'));
  const said = done.stderr.toString('utf8');
  if (tolerant && /Unable to locate|has no installation candidate|was not found/.test(said)) return undefined;
  const reason = /^E: (.*)$/m.exec(said)?.[1] ?? 'it said no reason';
  const unknown = /Unable to locate|was not found/.test(said);
  const hint = unknown ? 'Is the name right? update_cache: true gets the lists anew.' : undefined;
  throw commandError(`apt-get cannot do that: ${reason}`, command, done, hint === undefined ? {} : { hint });
}

function changesIn(text: string): readonly PackageChange[] {
  return [...text.matchAll(/^(Inst|Remv|Purg) (\S+)(?: \[([^\]]+)\])?(?: \((\S+))?/gm)].map((match) => {
    const [, verb, name = '', before, after] = match;
    return { name, before, after: verb === 'Inst' ? after : undefined };
  });
}
