import * as z from 'zod';
import type { Data, DataMap } from '../../model/data.ts';
import { glob } from '../../template/cel/glob.ts';
import type { NodeReader } from '../../transport/node.ts';
import { wordList } from '../aliases.ts';
import { anyData } from '../data.ts';
import { defineModule, ModuleError, type AnyModule } from '../define.ts';
import { readAnswer } from './answer.ts';
import type { FactCache } from './cache.ts';
import type { FactGroup, Found } from './group.ts';
import { factScript, type ScriptOptions } from './script.ts';
import { factNames, groupsFor, wrongSubset } from './subsets.ts';

const subset = z.string().superRefine((word, context) => {
  const wrong = wrongSubset(word);
  if (wrong !== undefined) context.addIssue({ code: 'custom', message: wrong });
});

const args = z.strictObject({
  gather_subset: wordList(subset)
    .default(['all'])
    .describe(
      'What to gather (default all): all, min, hardware, network, virtual, a group or a fact by its name; "!" in front leaves it out. min is always gathered but for !min.',
    ),
  gather_timeout: z
    .int()
    .min(1)
    .default(10)
    .describe(
      'Seconds for each thing that may hang: a network file system, Docker, a program of the local facts.',
    ),
  fact_path: z
    .string()
    .startsWith('/', { error: 'give an absolute path' })
    .default('/etc/ansible/facts.d')
    .describe(
      'Folder of the local facts: NAME.fact is JSON or INI text, or a program that prints such text.',
    ),
  filter: wordList(z.string())
    .default([])
    .describe('Keep only facts whose names match one of these patterns (* and ?), with or without ansible_.'),
});

type SetupArgs = z.output<typeof args>;

/** The module; with a cache it asks a node only for what the cache does not know. */
export function createSetup(cache?: FactCache): AnyModule {
  return defineModule({
    name: 'setup',
    summary: 'Gather facts: what the node is and has, as variables',
    args,
    returns: z.strictObject({
      ansible_facts: z
        .record(z.string(), anyData)
        .describe('The facts by their names with ansible_ in front.'),
      oms_facts: z
        .record(z.string(), anyData)
        .describe('What Ansible has no fact for: clock, docker, routes.'),
    }),
    gathersFacts: factNames,
    examples: `- setup: { gather_subset: [network, mounts] }

- debug: { msg: "{{ansible_distribution}} {{ansible_default_ipv4.address}}" }
  when: ansible_memtotal_mb >= 8000
`,
    async check(node, wanted) {
      const { found, warnings } = await gather(node, wanted, cache);
      return { changes: [], result: filtered(found, wanted.filter), warnings };
    },
    apply: () => Promise.reject(new Error('setup changes nothing')),
  });
}

/** Facts of a node. */
export const module = createSetup();

interface Facts {
  readonly ansible_facts: DataMap;
  readonly oms_facts: DataMap;
}

async function gather(
  node: NodeReader,
  { gather_subset, gather_timeout, fact_path }: SetupArgs,
  cache: FactCache | undefined,
): Promise<{ readonly found: Facts; readonly warnings: readonly string[] }> {
  const groups = groupsFor(gather_subset);
  const known = (await cache?.read(node, groups)) ?? new Map<string, Found>();
  const missing = groups.filter((group) => !known.has(group.name));
  const fresh = await ask(node, missing, { timeoutSeconds: gather_timeout, factPath: fact_path });
  await cache?.write(node, missing, fresh);
  const all = groups.flatMap((group) => known.get(group.name) ?? fresh.get(group.name) ?? []);
  return { found: together(all), warnings: all.flatMap(({ warnings }) => warnings ?? []) };
}

/** What each of the groups has found; one request for all of them. */
async function ask(
  node: NodeReader,
  groups: readonly FactGroup[],
  options: ScriptOptions,
): Promise<ReadonlyMap<string, Found>> {
  if (groups.length === 0) return new Map();
  let asked = Date.now();
  const onSent = (): void => void (asked = Date.now());
  const result = await node.query(factScript(groups, options), { onSent });
  const moment = { asked, answered: Date.now() };
  const answer = readAnswer(result.stdout.toString('utf8'));
  if (answer === undefined) {
    throw new ModuleError({
      message: `${node.name} did not answer to the end when it was asked for its facts`,
      exitCode: result.exitCode,
      stderr: result.stderr.toString('utf8'),
    });
  }
  return new Map(groups.map((group) => [group.name, group.read(answer, moment)]));
}

function together(found: readonly Found[]): Facts {
  const facts: Record<string, Data> = {};
  const own: Record<string, Data> = {};
  for (const part of found) {
    for (const [name, value] of Object.entries(part.facts)) facts[`ansible_${name}`] = value;
    Object.assign(own, part.own);
  }
  return { ansible_facts: facts, oms_facts: own };
}

function filtered(found: Facts, patterns: readonly string[]): Facts {
  if (patterns.length === 0) return found;
  const keeps = (name: string): boolean =>
    patterns.some((pattern) => glob(name, pattern) || glob(name, `ansible_${pattern}`));
  const facts = Object.entries(found.ansible_facts).filter(([name]) => keeps(name));
  const own = Object.entries(found.oms_facts).filter(([name]) => keeps(`oms_facts.${name}`) || keeps(name));
  return { ansible_facts: Object.fromEntries(facts), oms_facts: Object.fromEntries(own) };
}
