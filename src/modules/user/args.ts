import * as z from 'zod';
import { accountName } from '../accounts/names.ts';
import { wordList } from '../aliases.ts';

/** What crypt makes of a password, or marks that no password matches. A password in clear is none of them. */
const HASH = /^(!{0,2}\*?|!{0,2}x|!{0,2}(\$[^:$\s]+(\$[^:\s]*)+|_?[./0-9A-Za-z]{13,20}))$/;

const path = z.string().startsWith('/', { error: 'not an absolute path: begin it with /' });
const field = z.string().regex(/^[^:\n]*$/, { error: 'holds a colon or a line break' });
const days = z.int();

/** Arguments of user. */
export const userArgs = z.strictObject({
  name: accountName.optional().describe('Name of the user. Required, as name or user.'),
  user: accountName.optional().describe('Another name of name.'),
  state: z.enum(['present', 'absent']).default('present').describe('Whether the user is to be there.'),
  uid: z.int().min(0).optional().describe('Number of the user.'),
  non_unique: z.boolean().default(false).describe('Whether uid may be the number of another user too.'),
  group: accountName.optional().describe('First group, by name or number; it must be there.'),
  groups: wordList(accountName)
    .optional()
    .describe('Further groups: a list, or text with commas; empty: none. Without it they stay as they are.'),
  append: z.boolean().default(false).describe('Whether the user stays in groups that are not named.'),
  comment: field.optional().describe('Who it is, in words.'),
  home: path.optional().describe('Home folder.'),
  create_home: z
    .boolean()
    .optional()
    .describe('Whether the home folder is made, also later when it is missing. Default true.'),
  createhome: z.boolean().optional().describe('Another name of create_home.'),
  move_home: z.boolean().default(false).describe('Whether the old home folder moves where home says.'),
  skeleton: path.optional().describe('Folder whose files a new home folder gets. Without it: /etc/skel.'),
  umask: z
    .string()
    .regex(/^[0-7]{3,4}$/, { error: 'quoted octal digits, as in "077"' })
    .optional()
    .describe('What a new home folder is closed with, quoted octal ("077").'),
  shell: path.optional().describe('Shell to log in with.'),
  system: z.boolean().default(false).describe('Whether a new user gets a number of the system’s range.'),
  password: z
    .string()
    .regex(HASH, {
      error: 'not the hash of a password: make one with "openssl passwd -6"; "!" or "*" allow none',
    })
    .optional()
    .describe('Hash of the password, as openssl passwd -6 makes it; "!" and "*" allow none.')
    .meta({ secret: true }),
  update_password: z
    .enum(['always', 'on_create'])
    .default('always')
    .describe('on_create: the password of a user who is there already is left alone.'),
  password_lock: z.boolean().optional().describe('Whether the password is locked.'),
  password_expire_max: days.optional().describe('Days after which the password has to be changed.'),
  password_expire_min: days.optional().describe('Days before which it may not be changed.'),
  password_expire_warn: days.optional().describe('Days before its end at which the user is warned.'),
  password_expire_account_disable: days
    .optional()
    .describe('Days after its end at which the account is closed.'),
  expires: z.number().optional().describe('When the account ends: seconds since 1970; negative: never.'),
  generate_ssh_key: z
    .boolean()
    .default(false)
    .describe('Whether the user gets an SSH key; one that is there stays, unless force is set.'),
  ssh_key_type: z
    .string()
    .regex(/^[\w-]+$/)
    .default('rsa')
    .describe('Type of that key.'),
  ssh_key_bits: z.int().min(1).optional().describe('Its length in bits. Without it: as ssh-keygen likes.'),
  ssh_key_file: z
    .string()
    .min(1)
    .optional()
    .describe('Its path, from the home folder unless it begins with /. Without it: .ssh/id_TYPE.'),
  ssh_key_comment: z.string().optional().describe('Its comment. Without it: generated on NODE.'),
  remove: z.boolean().default(false).describe('For absent: whether home folder and mail go too.'),
  force: z
    .boolean()
    .default(false)
    .describe('For absent: also when the user is logged in. With generate_ssh_key: a new key every time.'),
});

export type UserArgs = z.output<typeof userArgs>;

/** The arguments with each name once. */
export interface WantedUser extends Omit<UserArgs, 'user' | 'createhome'> {
  readonly name: string;
  readonly create_home: boolean;
}
