import { sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { ModuleError } from '../define.ts';
import { commandError } from '../failure.ts';
import type { GitArgs } from './args.ts';
import type { Way } from './way.ts';

/** A clone as it is. */
export interface Clone {
  /** Commit that is checked out; undefined: none yet. */
  readonly head: string | undefined;
  /** Branch that is checked out; undefined: a commit by itself. */
  readonly branch: string | undefined;
  readonly url: string;
  readonly gitDir: string;
  /** Files with changes that are not committed, as `git status --porcelain` says it. */
  readonly dirty: readonly string[];
  /** Whether it has commits on its branch that the remote never had. */
  readonly hasOwnCommits: boolean;
  /** Submodules that are missing or at another commit. */
  readonly submodules: readonly string[];
  /** Of a bare one: name of branch or tag → commit. */
  readonly refs: ReadonlyMap<string, string>;
}

/** The clone at dest; undefined: there is nothing. Throws ModuleError when something else is there. */
export async function lookAtClone(node: NodeReader, args: GitArgs, way: Way): Promise<Clone | undefined> {
  const { dest, remote } = args;
  const command = sh`cd / && command -v ${args.executable} >/dev/null 2>&1 || { echo 'state missing'; exit 0; }
if ! cd ${dest} 2>/dev/null; then
  if [ -e ${dest} ] || [ -L ${dest} ]; then echo 'state occupied'; else echo 'state absent'; fi
  exit 0
fi
${args.bare ? BARE : PLAIN} || { [ -z "$(ls -A)" ] && echo 'state absent' || echo 'state occupied'; exit 0; }
dir=$(${way.git} rev-parse --absolute-git-dir) || exit 1
printf 'state there\ndir %s\n' "$dir"
printf 'head %s\n' "$(${way.git} rev-parse -q --verify 'HEAD^{commit}' 2>/dev/null)"
printf 'branch %s\n' "$(${way.git} symbolic-ref -q --short HEAD)"
printf 'url %s\n' "$(${way.git} config --get ${`remote.${remote}.url`})"
${args.bare ? bareScript(way) : plainScript(way)}`;
  const seen = await node.query(command, { environment: way.lookEnvironment });
  if (seen.exitCode !== 0) {
    throw commandError(
      `${dest} on ${node.name} cannot be read as a git repository`,
      sh`git rev-parse`,
      seen,
      {
        hint: 'git says why below; the user of the task (become_user) should be the one who owns it',
      },
    );
  }
  return read(args, node.name, seen.stdout.toString('utf8'));
}

const PLAIN = sh`[ -e .git ]`;
const BARE = sh`{ [ -f HEAD ] && [ -d objects ]; }`;

function bareScript({ git }: Way): ReturnType<typeof sh> {
  return sh`${git} for-each-ref --format='ref %(objectname) %(refname)' refs/heads refs/tags`;
}

function plainScript({ git }: Way): ReturnType<typeof sh> {
  return sh`${git} status --porcelain --untracked-files=no --ignore-submodules=all | head -n 20 | sed 's/^/dirty /'
[ ! -e .gitmodules ] || ${git} submodule status --recursive | sed -n 's/^[-+U]/submodule /p'
${git} rev-list -n 1 HEAD --not --remotes --tags 2>/dev/null | sed 's/^/own /'`;
}

function read(args: GitArgs, node: string, text: string): Clone | undefined {
  const lines = text.split('\n');
  const all = (key: string): string[] =>
    lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  const one = (key: string): string => all(key)[0] ?? '';
  const state = one('state');
  if (state === 'absent') return undefined;
  if (state !== 'there') throw trouble(args, node, state);
  const [head, branch] = [one('head'), one('branch')];
  return {
    head: head === '' ? undefined : head,
    branch: branch === '' ? undefined : branch,
    ...{ url: one('url'), gitDir: one('dir'), dirty: all('dirty'), submodules: all('submodule') },
    hasOwnCommits: all('own').length > 0 && branch !== '',
    refs: new Map(all('ref').map((line) => [line.slice(line.indexOf(' ') + 1), line.split(' ')[0] ?? ''])),
  };
}

function trouble({ dest, executable, bare }: GitArgs, node: string, state: string): ModuleError {
  if (state === 'missing') {
    return new ModuleError({
      message: `there is no ${executable} on ${node}`,
      hint: 'install git on the node, or name its path with executable',
    });
  }
  return new ModuleError({
    message: `${dest} on ${node} is there and is no ${bare ? 'bare ' : ''}git repository`,
    hint: 'name another dest, or move away what is there',
  });
}
