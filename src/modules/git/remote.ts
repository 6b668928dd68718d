import { sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { ModuleError } from '../define.ts';
import { commandError } from '../failure.ts';
import type { GitArgs } from './args.ts';
import type { Way } from './way.ts';

/** What the version is at the remote. */
export type Target =
  | { readonly kind: 'branch'; readonly name: string; readonly commit: string }
  | { readonly kind: 'tag'; readonly name: string; readonly commit: string }
  | { readonly kind: 'commit'; readonly commit: string };

/** A version that is a commit by all its digits needs nobody to be asked. */
export function commitTarget(version: string): Target | undefined {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(version) ? { kind: 'commit', commit: version } : undefined;
}

/** Asks the remote what the version is. Throws ModuleError when it is not there. */
export async function askTarget(node: NodeReader, args: GitArgs, way: Way): Promise<Target> {
  const { version } = args;
  const fixed = commitTarget(version);
  if (fixed !== undefined) return fixed;
  if (version === 'HEAD') return headTarget(await lsRemote(node, way, ['--symref'], ['HEAD']), way);
  const [branch, tag] = [`refs/heads/${version}`, `refs/tags/${version}`];
  const refs = await lsRemote(node, way, [], [branch, tag, `${tag}^{}`]);
  const at = (name: string): string | undefined => refs.find(([, ref]) => ref === name)?.[0];
  // As in Ansible, a branch goes before a tag of the same name.
  const head = at(branch);
  if (head !== undefined) return { kind: 'branch', name: version, commit: head };
  // The commit that a tag with words of its own stands for.
  const tagged = at(`${tag}^{}`) ?? at(tag);
  if (tagged !== undefined) return { kind: 'tag', name: version, commit: tagged };
  throw new ModuleError({
    message: `there is no branch or tag ${version} in ${way.url}`,
    hint: /^[0-9a-f]{4,63}$/.test(version)
      ? 'a commit needs all its digits'
      : `"git ls-remote ${way.url}" lists what there is`,
  });
}

function headTarget(refs: readonly Ref[], way: Way): Target {
  const commit = refs.find(([object, ref]) => ref === 'HEAD' && !object.startsWith('ref: '))?.[0];
  if (commit === undefined) {
    throw new ModuleError({ message: `${way.url} has no commits yet`, hint: 'Push something to it first.' });
  }
  const name = refs
    .map(([object]) => /^ref: refs\/heads\/(.+)$/.exec(object)?.[1])
    .find((one) => one !== undefined);
  return name === undefined ? { kind: 'commit', commit } : { kind: 'branch', name, commit };
}

/** All branches and tags, name → object. */
export async function askRefs(node: NodeReader, way: Way): Promise<ReadonlyMap<string, string>> {
  const refs = await lsRemote(node, way, ['--heads', '--tags'], []);
  return new Map(refs.filter(([, name]) => !name.endsWith('^{}')).map(([object, name]) => [name, object]));
}

type Ref = readonly [object: string, name: string];

async function lsRemote(
  node: NodeReader,
  way: Way,
  options: readonly string[],
  patterns: readonly string[],
): Promise<readonly Ref[]> {
  const command = sh`cd / && ${[...way.git, 'ls-remote', ...options, '--', way.url, ...patterns]}`;
  const done = await node.query(command, { environment: way.lookEnvironment });
  if (done.exitCode !== 0) {
    throw commandError(`${way.url} cannot be read from ${node.name}`, command, done, {
      hint: hintFor(done.stderr.toString('utf8')),
    });
  }
  return done.stdout
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [object = '', name = ''] = line.split('\t');
      return [object, name];
    });
}

/** What helps against the usual refusals; git has no codes for them. */
export function hintFor(stderr: string): string {
  if (/Host key verification failed/i.test(stderr)) {
    return "the host's key is not known on the node: add it with known_hosts, or set accept_newhostkey";
  }
  if (/Permission denied|could not read Username|Authentication failed/i.test(stderr)) {
    return 'the node may not read it: give key_file for ssh, or user and password in the address for https';
  }
  return 'see what git says below; the address is as seen from the node';
}
