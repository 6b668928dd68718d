import * as z from 'zod';
import type { DataMap } from '../../model/data.ts';
import { sh } from '../../transport/command.ts';
import type { ShellCommand } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { wordList } from '../aliases.ts';
import { anyData } from '../data.ts';
import { defineModule, ModuleError } from '../define.ts';
import { commandError } from '../failure.ts';
import { queryTool } from '../steps.ts';

interface Lister {
  readonly tool: string;
  readonly command: ShellCommand;
  /** The fields of a line; undefined: it is no package. */
  readonly read: (line: string) => PackageFacts | undefined;
}

type PackageFacts = DataMap & { readonly name: string };

const DPKG = '${db:Status-Status}\\t${Package}\\t${Version}\\t${Architecture}\\t${Section}\\t${Origin}\\n';
const RPM = '%{NAME}\\t%{EPOCH}\\t%{VERSION}\\t%{RELEASE}\\t%{ARCH}\\n';

const LISTERS: Readonly<Record<string, Lister>> = {
  apt: {
    tool: 'dpkg-query',
    command: sh`dpkg-query -W -f ${DPKG}`,
    read(line) {
      const [status, name, version = '', arch = '', category = '', origin = ''] = line.split('\t');
      if (status !== 'installed' || name === undefined) return undefined;
      return { name, version, arch, category, origin, source: 'apt' };
    },
  },
  rpm: {
    tool: 'rpm',
    command: sh`rpm -qa --qf ${RPM}`,
    read(line) {
      const [name, epoch = '', version = '', release = '', arch = ''] = line.split('\t');
      // The keys that packages were signed with are listed among them.
      if (name === undefined || name === '' || name === 'gpg-pubkey') return undefined;
      const number = epoch === '' || epoch === '(none)' ? null : Number(epoch);
      return { name, epoch: number, version, release, arch, source: 'rpm' };
    },
  },
  apk: {
    tool: 'apk',
    command: sh`apk info -v`,
    read(line) {
      const [, name, version, release] = /^(\S+)-([^-\s]+)-(r\d+)$/.exec(line.trim()) ?? [];
      if (name === undefined) return undefined;
      return { name, version: version ?? '', release: release ?? '', source: 'apk' };
    },
  },
};

const MANAGERS = ['apt', 'rpm', 'apk'] as const;

const args = z.strictObject({
  manager: wordList()
    .pipe(z.array(z.enum(['auto', ...MANAGERS])).min(1))
    .default(['auto'])
    .describe('Which to ask, a name or a list (default auto: apt, rpm, apk, what is there).'),
  strategy: z
    .enum(['first', 'all'])
    .default('first')
    .describe('Whether only the first one that is there is asked.'),
});

/** Packages of a node. */
export const module = defineModule({
  name: 'package_facts',
  summary: 'Gather what packages the node has installed',
  args,
  returns: z.strictObject({
    ansible_facts: z
      .record(z.string(), anyData)
      .describe('packages: by the name a list of maps with name, version, release, epoch, arch and source.'),
  }),
  gathersFacts: { names: ['ansible_facts', 'packages'], subsetOf: () => undefined },
  notes: ['Not here: portage, pkg, pkg_info and pacman.'],
  examples: `- package_facts:

- fail: { msg: Docker Engine is older than 1.13 }
  when: "!('docker-ce' in packages)"
`,
  async check(node, { manager, strategy }) {
    const names = manager.flatMap((name) => (name === 'auto' ? [...MANAGERS] : [name]));
    const found: PackageFacts[] = [];
    let asked = 0;
    for (const name of new Set(names)) {
      if (strategy === 'first' && asked > 0) break;
      const packages = await packagesOf(node, LISTERS[name]);
      if (packages === undefined) continue;
      asked += 1;
      found.push(...packages);
    }
    if (asked === 0) {
      throw new ModuleError({ message: `${node.name} has none of ${[...new Set(names)].join(', ')}` });
    }
    return { changes: [], result: { ansible_facts: { packages: byName(found) } } };
  },
  apply: () => Promise.reject(new Error('package_facts changes nothing')),
});

/** undefined: the node has no such package manager. */
async function packagesOf(node: NodeReader, lister: Lister | undefined): Promise<PackageFacts[] | undefined> {
  if (lister === undefined) return undefined;
  const done = await queryTool(node, lister.command);
  if (done.exitCode === 127) return undefined;
  if (done.exitCode !== 0)
    throw commandError(`${lister.tool} could not list the packages`, lister.command, done);
  const packages = done.stdout
    .toString('utf8')
    .split('\n')
    .flatMap((line) => lister.read(line) ?? []);
  // rpm is there on Debian too, and knows of nothing.
  return packages.length === 0 ? undefined : packages;
}

function byName(packages: readonly PackageFacts[]): DataMap {
  const found = new Map<string, PackageFacts[]>();
  for (const one of packages) found.set(one.name, [...(found.get(one.name) ?? []), one]);
  return Object.fromEntries(found);
}
