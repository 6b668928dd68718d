import { posix } from 'node:path';
import type { ShellCommand } from '../../transport/command.ts';
import { script, sh } from '../../transport/command.ts';
import type { FileStat } from '../../transport/node.ts';
import type { Attributes } from '../attributes.ts';
import { attributesOfNew } from '../attributes.ts';
import type { Sources } from './sources.ts';
import { findText, namesBelow } from './sources.ts';

export const FORMATS = ['bz2', 'gz', 'tar', 'xz', 'zip'] as const;
export type Format = (typeof FORMATS)[number];

const PACKERS: Readonly<Record<Exclude<Format, 'zip'>, string>> = {
  // Without name and time, so that the same content makes the same bytes.
  gz: 'gzip -nc',
  bz2: 'bzip2 -c',
  xz: 'xz -c',
  tar: 'cat',
};
export const UNPACKERS: Readonly<Record<Exclude<Format, 'zip' | 'tar'>, string>> = {
  gz: 'gzip -dc',
  bz2: 'bzip2 -dc',
  xz: 'xz -dc',
};

export interface Packing {
  readonly dest: string;
  readonly format: Format;
  readonly sources: Sources;
  /** One file is packed by itself, without an archive around it. */
  readonly alone: boolean;
  readonly patterns: readonly string[];
  readonly attributes: Attributes;
  readonly before: FileStat | undefined;
  readonly remove: boolean;
}

/** Makes the archive beside its place, and only when it is whole puts it there. */
export function packCommand(packing: Packing): ShellCommand {
  const { dest, sources, attributes, before, remove } = packing;
  const { text } = sh`LC_ALL=C; export LC_ALL
t=$(mktemp -d ${`${posix.dirname(dest)}/.oms-play-XXXXXX`}) || exit 1
trap 'rm -rf -- "$t"' EXIT; trap 'exit 143' HUP INT PIPE TERM
cd -- ${sources.root} || exit 1
${content(packing)}
[ ! -e "$t/failed" ] || exit 1
${attributesOfNew(sh`"$t/a"`, attributes, before)}
mv -f -- "$t/a" ${dest} || exit 1
${remove ? sh`rm -rf -- ${sources.paths.map(({ path }) => path)}` : script(':')}`;
  return { text, shown: sh`archive ${sources.paths.map(({ path }) => path)} as ${dest}`.shown };
}

function content(packing: Packing): ShellCommand {
  const { format, sources, alone, patterns } = packing;
  const names = [...namesBelow(sources)];
  if (format === 'zip') {
    const out = patterns.length === 0 ? [] : ['-x', ...patterns];
    return sh`command -v zip >/dev/null || { echo 'there is no zip' >&2; exit 1; }
zip -qry "$t/a.zip" ${names} ${out} >&2 && mv -- "$t/a.zip" "$t/a" || exit 1`;
  }
  const packer = PACKERS[format];
  const packed = script(`${packer} >"$t/a" || exit 1`);
  const tool = packer.split(' ')[0] ?? '';
  const there = sh`command -v ${tool} >/dev/null || { echo ${`there is no ${tool}`} >&2; exit 1; }`;
  if (alone) return sh`${there}\n${script(packer)} <${names[0] ?? ''} >"$t/a" || exit 1`;
  // The end of a pipe does not know how its beginning has ended.
  if (patterns.length === 0) return sh`${there}\n{ tar -cf - ${names} || : >"$t/failed"; } | ${packed}`;
  return sh`${there}
{ ${findText(sources, patterns)} -print0 | tar --null --no-recursion -T - -cf - || : >"$t/failed"; } | ${packed}`;
}
