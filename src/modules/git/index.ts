import * as z from 'zod';
import type { Change } from '../../model/result.ts';
import { sh } from '../../transport/command.ts';
import type { NodeReader, NodeWriter } from '../../transport/node.ts';
import type { Check } from '../define.ts';
import { defineModule } from '../define.ts';
import type { Work } from './act.ts';
import { clone, cloneBare, update, updateBare } from './act.ts';
import type { GitArgs } from './args.ts';
import { gitArgs } from './args.ts';
import type { Clone } from './look.ts';
import { lookAtClone } from './look.ts';
import type { UpdatePlan } from './plan.ts';
import { planUpdate, shortCommit, urlChange } from './plan.ts';
import type { Target } from './remote.ts';
import { askRefs, askTarget, commitTarget } from './remote.ts';
import type { Way } from './way.ts';
import { wayTo } from './way.ts';

const MOST_COMMITS = 50;

const returns = z.strictObject({
  before: z.string().nullable().describe('Commit that was checked out before; null: none.'),
  after: z.string().nullable().describe('Commit that is checked out now; null: none.'),
  remote_url_changed: z.boolean().describe('Whether the address of the remote was another.'),
  commits: z
    .array(z.string())
    .describe('The commits that came, newest first, at most 50, each with its first digits and first line.'),
});

type Result = z.output<typeof returns>;

type State =
  | { readonly kind: 'clone'; readonly target: Target | undefined }
  | { readonly kind: 'update'; readonly plan: UpdatePlan; readonly target: Target }
  | { readonly kind: 'bare'; readonly url: boolean };

/** Clones repositories and brings clones to a version; what the version is, the remote is asked by ls-remote. */
export const module = defineModule<typeof gitArgs, typeof returns, State>({
  name: 'git',
  summary: 'Clone a git repository on the node, and keep it at a branch, tag or commit',
  args: gitArgs,
  returns,
  beyondNode: true,
  notes: [
    'Check mode asks the remote by ls-remote and fetches nothing: it names both commits, not those between.',
    'In Ansible commits of the clone’s own are thrown away without a word; here that needs force.',
    'A password in an https address is given to git in its environment: it is in no argument list and not in the clone.',
    'Of Ansible’s arguments there are not: accept_hostkey (accept_newhostkey is the safe one), archive, archive_prefix, gpg_allowlist, verify_commit, reference, single_branch, track_submodules, umask.',
  ],
  examples: `- name: Playbooks of the site
  git:
    repo: https://git.example.com/ops/oms-site.git
    dest: /opt/oms-site
    version: v1.4
    depth: 1
`,
  async check(node, args) {
    const way = wayTo(args);
    const there = await lookAtClone(node, args, way);
    if (there === undefined) return absent(node, args, way);
    if (!args.update) return { changes: [], result: resultOf(there.head, there.head) };
    return args.bare ? checkBare(node, args, way, there) : checkPlain(node, args, way, there);
  },
  async apply(node, args, { state, result }) {
    if (state === undefined) throw new Error('git: apply without what check found');
    const way = wayTo(args);
    await act({ node, args, way }, state);
    const after = await headOf(node, args, way);
    return { ...result, after, commits: await commitsOf(node, args, way, result.before) };
  },
});

async function absent(node: NodeReader, args: GitArgs, way: Way): Promise<Check<Result, State>> {
  const result = resultOf(undefined, undefined);
  if (!args.clone) return { changes: [], result };
  if (args.bare) {
    const count = (await askRefs(node, way)).size;
    const summary = `absent → bare, ${count} branches and tags`;
    return {
      changes: [{ subject: args.dest, summary }],
      result,
      state: { kind: 'clone', target: undefined },
    };
  }
  const target = await askTarget(node, args, way);
  // A commit by its digits is believed; whether the address answers is known all the same.
  if (target.kind === 'commit') await askRefs(node, way);
  const name = target.kind === 'commit' ? '' : ` (${target.name})`;
  const summary = `absent → ${shortCommit(target.commit)}${name}`;
  return { changes: [{ subject: args.dest, summary }], result, state: { kind: 'clone', target } };
}

async function checkPlain(
  node: NodeReader,
  args: GitArgs,
  way: Way,
  there: Clone,
): Promise<Check<Result, State>> {
  const target = commitTarget(args.version) ?? (await askTarget(node, args, way));
  const plan = planUpdate(args, there, target, way.url);
  return {
    changes: plan.changes,
    result: { ...resultOf(there.head, there.head), remote_url_changed: plan.url },
    certain: { before: there.head ?? null },
    state: { kind: 'update', plan, target },
  };
}

async function checkBare(
  node: NodeReader,
  args: GitArgs,
  way: Way,
  there: Clone,
): Promise<Check<Result, State>> {
  const refs = await askRefs(node, way);
  const url = urlChange(args.dest, there.url, way.url);
  const names = [...new Set([...refs.keys(), ...there.refs.keys()])].sort();
  const changes = names
    .filter((name) => refs.get(name) !== there.refs.get(name))
    .map((name): Change => {
      const [before, after] = [there.refs.get(name) ?? 'absent', refs.get(name) ?? 'absent'];
      const summary = `${name.replace(/^refs\/(heads|tags)\//, '')} ${shortCommit(before)} → ${shortCommit(after)}`;
      return { subject: args.dest, summary };
    });
  return {
    changes: [...(url === undefined ? [] : [url]), ...changes],
    result: { ...resultOf(there.head, there.head), remote_url_changed: url !== undefined },
    state: { kind: 'bare', url: url !== undefined },
  };
}

async function act(work: Work, state: State): Promise<void> {
  switch (state.kind) {
    case 'clone':
      return state.target === undefined ? cloneBare(work) : clone(work, state.target);
    case 'update':
      return update(work, state.plan, state.target);
    case 'bare':
      return updateBare(work, state.url);
  }
}

function resultOf(before: string | undefined, after: string | undefined): Result {
  return { before: before ?? null, after: after ?? null, remote_url_changed: false, commits: [] };
}

async function headOf(node: NodeWriter, { dest }: GitArgs, { git }: Way): Promise<string | null> {
  const done = await node.query(sh`cd ${dest} && ${git} rev-parse -q --verify 'HEAD^{commit}'`);
  return done.exitCode === 0 ? done.stdout.toString('utf8').trim() : null;
}

async function commitsOf(
  node: NodeWriter,
  { dest }: GitArgs,
  { git }: Way,
  before: string | null,
): Promise<string[]> {
  if (before === null) return [];
  const range = `${before}..HEAD`;
  const done = await node.query(
    sh`cd ${dest} && ${git} log --no-show-signature --format='%h %s' -n ${MOST_COMMITS} ${range} --`,
  );
  return done.exitCode === 0 ? done.stdout.toString('utf8').split('\n').filter(Boolean) : [];
}
