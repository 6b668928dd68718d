import * as z from 'zod';

const word = (what: string): z.ZodString => z.string().regex(/^[^-\s][^\s]*$/, { error: `is no ${what}` });
const absolute = z.string().regex(/^\//, { error: 'must be an absolute path' });

/** Arguments of git; Ansible's. */
export const gitArgs = z.strictObject({
  repo: z
    .string()
    .regex(/^[^-\s][^\0\n]*$/, { error: 'is no address of a repository' })
    .optional()
    .describe('Address of the repository: https, ssh, git, file or a path. Required, as repo or name.'),
  name: z.string().optional().describe('Another name of repo.'),
  dest: absolute.describe('Folder on the node that it is cloned to.'),
  version: word('branch, tag or commit')
    .default('HEAD')
    .describe('Branch, tag, or all digits of a commit; HEAD: the default branch of the repository.'),
  remote: word('name of a remote').default('origin').describe('Name of the remote.'),
  clone: z.boolean().default(true).describe('Whether it is cloned when it is not there.'),
  update: z.boolean().default(true).describe('Whether an existing clone is brought to the version.'),
  force: z
    .boolean()
    .default(false)
    .describe('Throw away changed files and commits that the remote does not have.'),
  depth: z
    .int()
    .positive()
    .optional()
    .describe('How many commits of the history are fetched; without it, all.'),
  bare: z.boolean().default(false).describe('Without files of its own: all branches and tags of the remote.'),
  separate_git_dir: absolute
    .optional()
    .describe('Folder that the repository is kept in, apart from the files; an existing one is moved.'),
  recursive: z
    .boolean()
    .default(true)
    .describe('Whether submodules are cloned and brought to their commits.'),
  refspec: word('refspec').optional().describe('What is fetched in addition, e.g. +refs/pull/*:refs/pull/*.'),
  key_file: absolute.optional().describe('Private key on the node, for ssh.'),
  accept_newhostkey: z
    .boolean()
    .default(false)
    .describe('Take the key of a host that is not known yet; one that has changed is refused all the same.'),
  ssh_opts: z.string().optional().describe('More options for ssh, as text of a shell.'),
  executable: z.string().min(1).default('git').describe('The git program on the node.'),
});

export type GitArgs = z.output<typeof gitArgs>;
