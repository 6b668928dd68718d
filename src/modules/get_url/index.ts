import { posix } from 'node:path';
import * as z from 'zod';
import type { Change, ValueRow } from '../../model/result.ts';
import { script, sh } from '../../transport/command.ts';
import type { FileStat, NodeReader, NodeWriter } from '../../transport/node.ts';
import { attributesOfNew, differences, mustQuery, rowsInWords, setAttributes } from '../attributes.ts';
import { contentResult, type ContentResult } from '../content.ts';
import { defineModule, ModuleError } from '../define.ts';
import { locate } from '../destination.ts';
import { makeBackup } from '../replace.ts';
import { withoutLogin } from '../uri/request.ts';
import type { UrlArgs } from './args.ts';
import { urlArgs } from './args.ts';
import type { Checksum } from './checksum.ts';
import { fileName, wantedChecksum } from './checksum.ts';
import { downloadError, downloadText } from './download.ts';

const WRONG_SUM = 93;

interface Found {
  readonly path: string;
  readonly before: FileStat | undefined;
  readonly wanted: Checksum | undefined;
  readonly fetch: boolean;
  readonly rows: readonly ValueRow[];
}

/** A file that the node fetches from an address. */
export const module = defineModule({
  name: 'get_url',
  summary: 'Fetch a file from an address to the node',
  args: urlArgs,
  inOrder: true,
  returns: z.strictObject({
    ...contentResult,
    url: z.string().describe('The address, without user and password.'),
  }),
  notes: [
    'curl of the node does the work, or wget. Address, headers, user and password are in no argument list. The file is ' +
      'there whole and with the right checksum, or not at all.',
    'busybox’s wget knows no timeout, and is not given anything that may be secret.',
    'With force and without a checksum check mode fetches the file too, into a temporary place, since nothing else tells ' +
      'whether it differs.',
    'Left out: the file name that a server suggests, ciphers, decompress, unredirected_headers, use_gssapi, use_netrc.',
  ],
  examples: `- name: A package, once, and only this one
  get_url:
    url: https://mirror.example.com/tool-1.2.tar.gz
    dest: /opt/packages/
    checksum: sha256:https://mirror.example.com/SHA256SUMS
    mode: "0644"
`,
  async check(node, given) {
    const name = fileName(given.url);
    const place = await locate(node, given.dest, {
      name: name === '' ? undefined : name,
      checksumAtOnce: false,
    });
    const { path, stat: before, missingFolder } = place;
    if (missingFolder !== undefined) throw new ModuleError({ message: `there is no folder ${missingFolder} on ${node.name}`, hint: 'Make it before, with file.' }); // prettier-ignore
    if (before !== undefined && before.type !== 'file')
      throw new ModuleError({ message: `${path} is no file (${before.type})` });
    const wanted = await wantedChecksum(node, given);
    const fetch = before === undefined || (await differs(node, path, { given, wanted }));
    const rows = before === undefined ? [] : differences(before, given);
    const found: Found = { path, before, wanted, fetch, rows };
    return {
      changes: changesOf(found, given),
      result: { ...resultOf(path, before), url: withoutLogin(given.url) },
      state: found,
    };
  },
  async apply(node, given, { state }: { readonly state?: Found }) {
    if (state === undefined) throw new Error('get_url: apply without what check found');
    const { path, before } = state;
    const backup =
      given.backup && before !== undefined && state.fetch ? await makeBackup(node, path) : undefined;
    if (state.fetch) await fetchFile(node, given, state);
    else await setAttributes(node, path, state.rows);
    const [stat, checksum] = await Promise.all([node.stat(path, { follow: true }), node.checksum(path)]);
    return {
      ...resultOf(path, stat),
      url: withoutLogin(given.url),
      ...(checksum === undefined ? {} : { checksum }),
      ...(backup === undefined ? {} : { backup_file: backup }),
    };
  },
});

/** Whether what is at the path is not what is wanted. */
async function differs(
  node: NodeReader,
  path: string,
  { given, wanted }: { readonly given: UrlArgs; readonly wanted: Checksum | undefined },
): Promise<boolean> {
  if (wanted !== undefined) {
    const sum = await mustQuery(node, sh`${`${wanted.algorithm}sum`} <${path}`, `no checksum of ${path}`);
    return sum.split(' ')[0] !== wanted.sum;
  }
  if (!given.force) return false;
  const { text } = sh`t=$(mktemp "\${TMPDIR:-/tmp}/oms-play-XXXXXX") || exit 1; trap 'rm -f -- "$t"' EXIT
( ${downloadText(given.url, given, sh`"$t"`)} ) || exit $?
if cmp -s -- "$t" ${path}; then echo same; else echo differs; fi`;
  const command = { text, shown: sh`download and compare ${withoutLogin(given.url)}`.shown };
  const done = await node.query(command);
  if (done.exitCode !== 0) throw downloadError(given.url, command, done);
  return done.stdout.toString('utf8').trim() !== 'same';
}

function changesOf({ path, before, wanted, fetch, rows }: Found, given: UrlArgs): readonly Change[] {
  const words = rows.length === 0 ? [] : [rowsInWords(rows)];
  const sum: ValueRow[] =
    wanted === undefined ? [] : [{ name: wanted.algorithm, before: null, after: wanted.sum }];
  if (!fetch)
    return rows.length === 0
      ? []
      : [{ subject: path, summary: words.join(), diff: { kind: 'values', rows } }];
  const address: ValueRow = { name: 'url', before: null, after: withoutLogin(given.url) };
  const summary = before === undefined ? 'absent → file' : ['content', ...words].join(', ');
  return [{ subject: path, summary, diff: { kind: 'values', rows: [address, ...sum, ...rows] } }];
}

async function fetchFile(node: NodeWriter, given: UrlArgs, found: Found): Promise<void> {
  const { path, wanted } = found;
  const folder = given.tmp_dest ?? posix.dirname(path);
  const compare =
    wanted === undefined
      ? script(':')
      : sh`s=$(${`${wanted.algorithm}sum`} <"$t/f") || exit 1; [ "\${s%% *}" = ${wanted.sum} ] || { printf '%s\\n' "\${s%% *}" >&2; exit ${WRONG_SUM}; }`;
  const { text } = sh`t=$(mktemp -d ${`${folder}/.oms-play-XXXXXX`}) || exit 1
trap 'rm -rf -- "$t"' EXIT; trap 'exit 143' HUP INT PIPE TERM
( ${downloadText(given.url, given, sh`"$t/f"`)} ) || exit $?
[ -e "$t/f" ] || : >"$t/f"
${compare}
${attributesOfNew(sh`"$t/f"`, given, found.before)}
mv -f -- "$t/f" ${path}`;
  const command = { text, shown: sh`download ${withoutLogin(given.url)}`.shown };
  const done = await node.run(command);
  if (done.exitCode === 0) return;
  if (done.exitCode !== WRONG_SUM || wanted === undefined) throw downloadError(given.url, command, done);
  throw new ModuleError({
    message: `what came from ${withoutLogin(given.url)} has another checksum; ${path} is as it was`,
    hint: `It is ${done.stderr.toString('utf8').trim().split('\n').at(-1) ?? '?'}, ${wanted.sum} was wanted (${wanted.algorithm}).`,
  });
}

function resultOf(dest: string, stat: FileStat | undefined): ContentResult {
  if (stat === undefined) return { dest };
  const { size, mode, owner, group } = stat;
  return { dest, size, mode, owner, group };
}
