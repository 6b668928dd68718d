import * as z from 'zod';
import { contentArgs, contentMode } from '../content.ts';

const { owner, group, backup } = contentArgs;
const oneLine = z.string().regex(/^[^\r\n\0]*$/, 'it is one line');

export const ALGORITHMS = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const;

/** Arguments of get_url. */
export const urlArgs = z.strictObject({
  url: oneLine
    .regex(/^(https?|ftp):\/\//i, 'it begins with http://, https:// or ftp://')
    .describe('The address, as the node sees it.'),
  dest: z
    .string()
    .describe(
      'Absolute path of the file on the node. A folder gets a file of the name that the address ends with.',
    ),
  checksum: oneLine
    .regex(
      new RegExp(`^(${ALGORITHMS.join('|')}):\\S+$`, 'i'),
      'as "sha256:<hex>" or "sha256:<address of a list>"',
    )
    .optional()
    .describe(
      'What the file must have: "sha256:" and the sum, or the address of a list of sums; also md5, sha1, sha512 ….',
    ),
  force: z
    .boolean()
    .default(false)
    .describe(
      'Whether it is fetched and compared each time; else a file that is there, with that checksum if one is given, is left.',
    ),
  headers: z
    .record(oneLine, z.union([oneLine, z.number()]))
    .default({})
    .describe('Headers of the request.'),
  timeout: z.number().positive().default(10).describe('Seconds without an answer, or without a byte of one.'),
  url_username: oneLine.optional().describe('User for basic authentication.'),
  username: oneLine.optional().describe('Another name of url_username.'),
  url_password: oneLine.optional().describe('Its password.').meta({ secret: true }),
  password: oneLine.optional().describe('Another name of url_password.').meta({ secret: true }),
  force_basic_auth: z
    .boolean()
    .default(false)
    .describe('Taken for Ansible’s sake: user and password are always sent.'),
  validate_certs: z.boolean().default(true).describe('Whether the certificate must be valid.'),
  client_cert: oneLine.optional().describe('PEM file of the node with the certificate to show, the key too.'),
  client_key: oneLine.optional().describe('PEM file of the node with its key, when that is another one.'),
  http_agent: oneLine.default('oms-play').describe('What the request says it is from.'),
  use_proxy: z.boolean().default(true).describe('Whether the proxy that the environment names is used.'),
  tmp_dest: z
    .string()
    .optional()
    .describe(
      'Folder where the file waits until it is whole. Without it: beside dest, so that it takes its place by rename.',
    ),
  mode: contentMode,
  owner,
  group,
  backup,
});

export type UrlArgs = z.output<typeof urlArgs>;
