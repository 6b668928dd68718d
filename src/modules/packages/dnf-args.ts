import * as z from 'zod';
import { wordList } from '../aliases.ts';

const names = wordList(
  z.string().regex(/^[@/\w*][^\s'"\\;$`|&<>]*$/, {
    error: 'not a name of a package, as in nginx, nginx-1.20.1, @group or /tmp/tool.rpm',
  }),
);
const repositories = wordList(z.string().regex(/^[\w.*:-]+$/, { error: 'not a name of a repository' }));

/** Arguments of dnf. */
export const dnfArgs = z.strictObject({
  name: names
    .optional()
    .describe(
      'Packages: NAME, NAME-VERSION, @GROUP, path of an .rpm on the node; "*" with latest means all.',
    ),
  pkg: names.optional().describe('Another name of name.'),
  state: z
    .enum(['present', 'installed', 'latest', 'absent', 'removed'])
    .optional()
    .describe(
      'Whether they are there; latest: the newest. Without it present, with autoremove alone absent.',
    ),
  update_cache: z
    .boolean()
    .default(false)
    .describe('Whether the lists are checked for newer ones first, where they are needed.'),
  enablerepo: repositories.default([]).describe('Repositories to use beside those that are on.'),
  disablerepo: repositories.default([]).describe('Repositories not to use.'),
  exclude: wordList(z.string().regex(/^[\w.*+-]+$/))
    .default([])
    .describe('Packages that must not come along.'),
  autoremove: z.boolean().default(false).describe('Whether packages go that were there for others only.'),
  allow_downgrade: z
    .boolean()
    .default(false)
    .describe('Whether an older version may take the place of a newer one.'),
  allowerasing: z.boolean().default(false).describe('Whether other packages may go where that is needed.'),
  nobest: z.boolean().default(false).describe('Whether a version that is not the newest will do.'),
  skip_broken: z
    .boolean()
    .default(false)
    .describe('Whether what cannot be had is left out without a failure.'),
  update_only: z
    .boolean()
    .default(false)
    .describe('For latest: whether packages that are not there stay away.'),
  security: z.boolean().default(false).describe('For latest: only updates about security.'),
  bugfix: z.boolean().default(false).describe('For latest: only updates that mend mistakes.'),
  install_weak_deps: z.boolean().default(true).describe('Whether recommended packages come too.'),
  disable_gpg_check: z
    .boolean()
    .default(false)
    .describe('Whether packages come whose signature is not checked.'),
  cacheonly: z.boolean().default(false).describe('Whether only what was downloaded before is used.'),
  conf_file: z.string().startsWith('/').optional().describe('Configuration file of dnf.'),
  releasever: z
    .string()
    .regex(/^[\w.-]+$/)
    .optional()
    .describe('Release to take packages from.'),
});

export type DnfArgs = z.output<typeof dnfArgs>;

/** What register keeps of dnf. */
export const dnfResult = z.strictObject({
  packages: z
    .array(
      z.strictObject({
        name: z.string().describe('The package.'),
        before: z.string().nullable().describe('Its version before; null: none, or not told.'),
        after: z.string().nullable().describe('Its version after; null: none.'),
      }),
    )
    .describe('What changed, others that came along included.'),
  stdout: z.string().describe('What dnf said.'),
});

export type DnfResult = z.output<typeof dnfResult>;
