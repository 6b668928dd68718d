import * as z from 'zod';
import { script } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { oneOf, wordList } from '../aliases.ts';
import { defineModule, ModuleError } from '../define.ts';
import { applyApt, checkApt } from '../packages/apt.ts';
import type { AptPlan } from '../packages/apt.ts';
import { aptArgs } from '../packages/apt-args.ts';
import { applyDnf, checkDnf } from '../packages/dnf.ts';
import type { DnfPlan } from '../packages/dnf.ts';
import { dnfArgs } from '../packages/dnf-args.ts';
import { queryTool } from '../steps.ts';

const names = wordList();

const args = z.strictObject({
  name: names
    .optional()
    .describe('Packages, as the node’s package manager calls them. Required, as name or pkg.'),
  pkg: names.optional().describe('Another name of name.'),
  state: z
    .enum(['present', 'installed', 'latest', 'absent', 'removed'])
    .default('present')
    .describe('Whether they are there; latest: the newest.'),
  use: z
    .enum(['auto', 'apt', 'dnf', 'yum'])
    .default('auto')
    .describe('The package manager. auto: apt where there is apt-get, else dnf or yum.'),
});

const returns = z.strictObject({
  use: z.string().describe('The package manager.'),
  packages: z
    .array(
      z.strictObject({
        name: z.string().describe('The package.'),
        before: z.string().nullable().describe('Its version before; null: none.'),
        after: z.string().nullable().describe('Its version after; null: none.'),
      }),
    )
    .describe('What changed, others that came along included.'),
  stdout: z.string().describe('What it said.'),
});

type Args = z.output<typeof args>;
type Found =
  { readonly use: 'apt'; readonly plan: AptPlan } | { readonly use: 'dnf'; readonly plan: DnfPlan };

/** Packages, whatever manages them. */
export const module = defineModule({
  name: 'package',
  summary: 'Packages, by the package manager of the node',
  args,
  returns,
  notes: ['For more than names and a state use apt or dnf.'],
  examples: `- package: { name: [curl, tar], state: present }
`,
  async check(node, given) {
    namesOf(given);
    const use = await managerOf(node, given.use);
    if (use === 'apt') {
      const { changes, result, state } = await checkApt(node, forApt(given));
      const found = { use, plan: state ?? { updates: false, calls: [], changed: [] } } as const;
      return {
        changes,
        result: { use, packages: result.packages, stdout: result.stdout },
        state: found as Found,
      };
    }
    const { changes, result, state } = await checkDnf(node, forDnf(given));
    const found = { use, plan: state ?? { tool: 'dnf', calls: [], changed: [] } } as const;
    return { changes, result: { use, ...result }, state: found };
  },
  async apply(node, given, { state }: { readonly state?: Found }) {
    if (state === undefined) throw new Error('package: apply without what check found');
    const { use } = state;
    const { packages, stdout } =
      state.use === 'apt'
        ? await applyApt(node, forApt(given), state.plan)
        : await applyDnf(node, forDnf(given), state.plan);
    return { use, packages, stdout };
  },
});

function forApt(given: Args): z.output<typeof aptArgs> {
  const states = { installed: 'present', removed: 'absent' } as const;
  const state = given.state === 'installed' || given.state === 'removed' ? states[given.state] : given.state;
  return parsed(aptArgs, { name: namesOf(given), state });
}

function forDnf(given: Args): z.output<typeof dnfArgs> {
  return parsed(dnfArgs, { name: namesOf(given), state: given.state });
}

function parsed<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const done = schema.safeParse(value);
  if (done.success) return done.data;
  throw new ModuleError({ message: `name: ${done.error.issues[0]?.message ?? 'not names of packages'}` });
}

function namesOf({ name, pkg }: Args): readonly string[] {
  const given = oneOf({ name, pkg });
  if (given === undefined) throw new ModuleError({ message: 'name is missing', hint: 'Name the packages.' });
  return given;
}

async function managerOf(node: NodeReader, use: Args['use']): Promise<'apt' | 'dnf'> {
  if (use !== 'auto') return use === 'apt' ? 'apt' : 'dnf';
  const done = await queryTool(
    node,
    script('for t in apt-get dnf5 dnf yum; do command -v $t && break; done; true'),
  );
  const [found] = /apt-get|dnf|yum/.exec(done.stdout.toString('utf8')) ?? [];
  if (found !== undefined) return found === 'apt-get' ? 'apt' : 'dnf';
  throw new ModuleError({
    message: `${node.name} has none of apt-get, dnf and yum`,
    hint: 'Other package managers are not known here: use command, with creates.',
  });
}
