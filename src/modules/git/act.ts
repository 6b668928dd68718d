import type { ShellCommand } from '../../transport/command.ts';
import { sh } from '../../transport/command.ts';
import type { NodeWriter } from '../../transport/node.ts';
import { inOneGo } from '../attributes.ts';
import { commandError } from '../failure.ts';
import type { GitArgs } from './args.ts';
import type { UpdatePlan } from './plan.ts';
import type { Target } from './remote.ts';
import { hintFor } from './remote.ts';
import type { Way } from './way.ts';

/** All that acting needs. */
export interface Work {
  readonly node: NodeWriter;
  readonly args: GitArgs;
  readonly way: Way;
}

/** Clones, and checks the version out. git itself removes what it has begun when it fails. */
export async function clone(work: Work, target: Target): Promise<void> {
  const { args, way } = work;
  const { dest, remote, depth, separate_git_dir: apart } = args;
  const options = [
    ...['--origin', remote],
    ...(target.kind === 'commit' ? ['--no-checkout'] : ['--branch', target.name]),
    ...(depth === undefined ? [] : ['--depth', `${depth}`]),
    ...(apart === undefined ? [] : [`--separate-git-dir=${apart}`]),
  ];
  await git(work, sh`cd / && ${way.git} clone ${options} -- ${way.url} ${dest}`, 'cannot be cloned');
  if (args.refspec !== undefined) await inClone(work, ['fetch', remote, args.refspec]);
  if (target.kind === 'commit') await checkOut(work, target);
  if (args.recursive) await submodules(work);
}

/** Clones without files. */
export async function cloneBare(work: Work): Promise<void> {
  const { args, way } = work;
  const depth = args.depth === undefined ? [] : ['--depth', `${args.depth}`];
  const options = ['--bare', '--origin', args.remote, ...depth];
  await git(work, sh`cd / && ${way.git} clone ${options} -- ${way.url} ${args.dest}`, 'cannot be cloned');
  if (args.refspec !== undefined) await inClone(work, ['fetch', args.remote, args.refspec]);
}

/** Brings a clone with files to the version. */
export async function update(work: Work, plan: UpdatePlan, target: Target): Promise<void> {
  const { args } = work;
  if (plan.move) await inClone(work, ['init', `--separate-git-dir=${args.separate_git_dir}`]);
  if (plan.url) await setUrl(work);
  if (plan.reset) await inClone(work, ['reset', '--hard']);
  if (plan.checkOut) {
    await fetch(work, target);
    await checkOut(work, target);
  }
  if (args.recursive) await submodules(work);
}

/** Brings all branches and tags of a clone without files to those of the remote. */
export async function updateBare(work: Work, withUrl: boolean): Promise<void> {
  const { args } = work;
  if (withUrl) await setUrl(work);
  const depth = args.depth === undefined ? [] : ['--depth', `${args.depth}`];
  const refs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
  const more = args.refspec === undefined ? [] : [args.refspec];
  await inClone(work, ['fetch', '--prune', ...depth, args.remote, ...refs, ...more]);
}

async function setUrl(work: Work): Promise<void> {
  const { args, way, node } = work;
  const name = args.remote;
  const has = await node.query(sh`cd ${args.dest} && ${way.git} config --get ${`remote.${name}.url`}`);
  await inClone(work, ['remote', has.exitCode === 0 ? 'set-url' : 'add', name, way.url]);
}

async function fetch(work: Work, target: Target): Promise<void> {
  const { remote, depth, refspec } = work.args;
  const options = depth === undefined ? [] : ['--depth', `${depth}`];
  const more = refspec === undefined ? [] : [refspec];
  const wanted = {
    // Named, as a shallow clone follows one branch only.
    branch: (name: string) => [`+refs/heads/${name}:refs/remotes/${remote}/${name}`],
    tag: (name: string) => [`+refs/tags/${name}:refs/tags/${name}`],
  };
  const refs = target.kind === 'commit' ? [] : wanted[target.kind](target.name);
  await inClone(work, ['fetch', '--force', ...options, remote, ...refs, ...more]);
}

async function checkOut(work: Work, target: Target): Promise<void> {
  const { args, node, way } = work;
  if (target.kind === 'branch') {
    const from = `refs/remotes/${args.remote}/${target.name}`;
    return inClone(work, ['checkout', '--force', '-B', target.name, from]);
  }
  const commit = target.kind === 'tag' ? `refs/tags/${target.name}^{commit}` : target.commit;
  const there = await node.query(sh`cd ${args.dest} && ${way.git} cat-file -e ${`${commit}^{commit}`}`);
  // A commit that no branch leads to, or that a shallow clone has left out.
  if (there.exitCode !== 0) {
    const depth = args.depth === undefined ? [] : ['--depth', `${args.depth}`];
    await inClone(work, ['fetch', ...depth, args.remote, target.commit]);
  }
  await inClone(work, ['checkout', '--force', '--detach', commit]);
}

async function submodules(work: Work): Promise<void> {
  const { args, way } = work;
  const { git: words } = way;
  const depth = args.depth === undefined ? [] : ['--depth', `${args.depth}`];
  const steps = inOneGo([
    sh`${words} submodule sync --quiet --recursive`,
    sh`${[...words, 'submodule', 'update', '--init', '--recursive', '--force', ...depth]}`,
  ]);
  const command = sh`cd ${args.dest} && { [ ! -e .gitmodules ] || { ${steps}; }; }`;
  await git(work, command, 'has submodules that cannot be fetched');
}

async function inClone(work: Work, words: readonly string[]): Promise<void> {
  const { args, way } = work;
  const command = sh`cd ${args.dest} && ${way.git} ${words}`;
  await git(work, command, `cannot be brought to ${args.version} (git ${words[0] ?? ''})`);
}

async function git({ node, args, way }: Work, command: ShellCommand, what: string): Promise<void> {
  const done = await node.run(command, { environment: way.environment });
  if (done.exitCode === 0) return;
  throw commandError(`${args.dest} on ${node.name} ${what}`, command, done, {
    hint: hintFor(done.stderr.toString('utf8')),
  });
}
