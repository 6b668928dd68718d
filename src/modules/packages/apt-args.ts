import * as z from 'zod';
import { wordList } from '../aliases.ts';

const STATES = ['present', 'latest', 'absent', 'fixed', 'build-dep'] as const;

const names = wordList(
  z.string().regex(/^[a-z0-9][\w+.:-]*(=[\w.+:~*?-]+)?$/i, {
    error: 'not a name of a package, as in nginx or nginx=1.22*',
  }),
);

/** Arguments of apt. */
export const aptArgs = z.strictObject({
  name: names.optional().describe('Packages, each with =VERSION where one is wanted (with * for any end).'),
  package: names.optional().describe('Another name of name.'),
  pkg: names.optional().describe('Another name of name.'),
  state: z
    .enum(STATES)
    .default('present')
    .describe(
      'present, absent; latest: the newest that the lists know; fixed: repairs what is half installed; build-dep: what ' +
        'building them needs.',
    ),
  deb: z
    .string()
    .regex(/^\//, { error: 'give the absolute path of a .deb on the node; get_url downloads one' })
    .optional()
    .describe('Package file on the node, instead of name.'),
  update_cache: z
    .boolean()
    .optional()
    .describe('Whether the package lists are updated first, where they are needed.'),
  cache_valid_time: z
    .int()
    .min(0)
    .default(0)
    .describe('Seconds for which the lists count as fresh; more than 0 means update_cache: true.'),
  update_cache_retries: z.int().min(0).default(5).describe('How often updating them is tried again.'),
  update_cache_retry_max_delay: z
    .number()
    .min(0)
    .default(12)
    .describe('Longest wait between two tries, in seconds; it doubles from 1 on.'),
  upgrade: z
    .enum(['no', 'yes', 'safe', 'full', 'dist'])
    .default('no')
    .describe('All packages: yes, safe: without removing any; full, dist: with what that takes.'),
  only_upgrade: z.boolean().default(false).describe('Whether packages that are not there stay away.'),
  purge: z.boolean().default(false).describe('For absent: whether configuration files go too.'),
  autoremove: z
    .boolean()
    .default(false)
    .describe('Whether packages go that were there for others only and are not needed any more.'),
  fail_on_autoremove: z
    .boolean()
    .default(false)
    .describe('Whether it fails when any package would have to go.'),
  autoclean: z
    .boolean()
    .default(false)
    .describe('Whether downloaded files go that cannot be downloaded any more.'),
  clean: z.boolean().default(false).describe('Whether all downloaded files go.'),
  default_release: z
    .string()
    .regex(/^[\w.:/=~-]+$/)
    .optional()
    .describe('Release to take packages from (-t).'),
  install_recommends: z
    .boolean()
    .optional()
    .describe('Whether recommended packages come too. Without it: as apt is set.'),
  allow_unauthenticated: z.boolean().default(false).describe('Whether packages come that nobody has signed.'),
  allow_downgrade: z
    .boolean()
    .default(false)
    .describe('Whether an older version may take the place of a newer one.'),
  allow_change_held_packages: z
    .boolean()
    .default(false)
    .describe('Whether packages change that are on hold.'),
  dpkg_options: wordList(z.string().regex(/^[a-z-]+$/))
    .default(['force-confdef', 'force-confold'])
    .describe('Options of dpkg (default force-confdef,force-confold: changed configuration files stay).'),
  lock_timeout: z.number().min(0).default(60).describe('Seconds to wait for another apt or dpkg to end.'),
});

export type AptArgs = z.output<typeof aptArgs>;

/** What register keeps of apt. */
export const aptResult = z.strictObject({
  cache_updated: z.boolean().describe('Whether the package lists were updated.'),
  cache_update_time: z.int().optional().describe('When they were updated last: seconds since 1970.'),
  packages: z
    .array(
      z.strictObject({
        name: z.string().describe('The package.'),
        before: z.string().nullable().describe('Its version before; null: none.'),
        after: z.string().nullable().describe('Its version after; null: none.'),
      }),
    )
    .describe('What changed, others that came along included.'),
  stdout: z.string().describe('What apt-get said.'),
});

export type AptResult = z.output<typeof aptResult>;
