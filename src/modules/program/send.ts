import { open, readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ShellCommand } from '../../transport/command.ts';
import { script, sh } from '../../transport/command.ts';
import type { ExecResult } from '../../transport/contract.ts';
import type { CommandOptions, NodeWriter } from '../../transport/node.ts';
import { mustRun } from '../attributes.ts';
import { ModuleError } from '../define.ts';
import { splitWords } from '../words.ts';
import { LARGE } from '../source.ts';

/** From this size on it travels packed. */
const PACKED_FROM = 64 * 1024;
/** Of what a program says beside its answer. */
const LEAST_WORDS = 64 * 1024;

/** A program of the controller's that a node is to run. */
export interface Program {
  readonly localPath: string;
  /** What stands behind its name on the command line. */
  readonly words: readonly string[];
  /** What runs it, with arguments; undefined: its first line says so, or it is a binary. */
  readonly executable?: string | undefined;
  readonly chdir?: string | undefined;
  /** Its standard input; never in an argument list. Without it: nothing. */
  readonly input?: string | undefined;
  /** It is ended when it has printed one byte more than that; of its standard error the end is kept. */
  readonly outputLimit?: number | undefined;
}

/** Sends it, runs it and takes it away again. One request, but for a large one. */
export async function runProgram(node: NodeWriter, program: Program): Promise<ExecResult> {
  const { size } = await localFile(program.localPath, (path) => stat(path));
  if (size < LARGE) {
    const { command, stdin } = await inlineProgram(program);
    return node.run(command, { stdin });
  }
  const made = await mustRun(
    node,
    sh`${MAKE_FOLDER}printf %s "$d"`,
    'could not make a folder for the program',
  );
  try {
    const path = `${made}/${nameFor(program)}`;
    await node.uploadFile(program.localPath, path, { mode: '0700' });
    return await node.run(shownAs(program, sh`${await start(program, sh`${path}`)}`));
  } finally {
    await node.run(sh`rm -rf -- ${made}`, { brief: 'programs' });
  }
}

/** A command that brings the program along as its standard input, and leaves nothing behind. */
export async function inlineProgram(
  program: Program,
): Promise<{ readonly command: ShellCommand; readonly stdin: NonNullable<CommandOptions['stdin']> }> {
  const bytes = await localFile(program.localPath, (path) => readFile(path));
  const packed = bytes.length >= PACKED_FROM;
  const place = sh`"$d"/${nameFor(program)}`;
  const command = sh`oms_play_umask=$(umask)
${MAKE_FOLDER}trap 'rm -rf -- "$d"' EXIT; trap 'exit 143' HUP INT PIPE TERM
${script(packed ? 'gzip -dc' : 'cat')} >${place} && chmod 0700 ${place} || exit 1
umask "$oms_play_umask"; unset oms_play_umask
${limited(await start(program, place), program.outputLimit)}
exit $?`;
  return { command: shownAs(program, command), stdin: packed ? gzipSync(bytes) : bytes };
}

const MAKE_FOLDER: ShellCommand = sh`umask 077
d=$(mktemp -d "\${TMPDIR:-/tmp}/oms-play-XXXXXX") || exit 1
`;

function limited(line: ShellCommand, limit: number | undefined): ShellCommand {
  if (limit === undefined) return line;
  return sh`{ ( ${line} ) 2>"$d/.oms-err"; echo $? >"$d/.oms-code"; } | head -c ${limit + 1}
tail -c ${LEAST_WORDS} "$d/.oms-err" >&2
exit "$(cat "$d/.oms-code")"`;
}

/** As an argument list would show it; the rest is ours. */
function shownAs({ localPath, words }: Program, { text }: ShellCommand): ShellCommand {
  return { text, shown: sh`${[basename(localPath), ...words]}`.shown };
}

/** A name that no tool takes for an option. */
function nameFor({ localPath }: Program): string {
  return basename(localPath).replace(/^-/, '_');
}

async function start(program: Program, place: ShellCommand): Promise<ShellCommand> {
  const { words, executable, chdir, input } = program;
  const runner = executable === undefined ? await interpreter(program.localPath) : splitWords(executable);
  const line = sh`${runner} ${place} ${[...words]}`;
  // printf is built into the shell: nothing of the input is in an argument list.
  const fed = input === undefined ? sh`${line} </dev/null` : sh`printf %s ${input} | ${line}`;
  return chdir === undefined
    ? fed
    : sh`CDPATH= cd -- ${chdir} || exit 1
${fed}`;
}

/** What its first line names, started by ourselves: the folder for temporary files may be mounted noexec. */
async function interpreter(localPath: string): Promise<string[]> {
  const line = (await localFile(localPath, beginningOf)).toString('latin1');
  const [, program, argument] = /^#![ \t]*(\S+)[ \t]*([^\n]*?)\s*(?:\n|$)/.exec(line) ?? [];
  if (program === undefined) return [];
  return argument === undefined || argument === '' ? [program] : [program, argument];
}

async function beginningOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function localFile<T>(path: string, read: (path: string) => Promise<T>): Promise<T> {
  try {
    return await read(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new ModuleError({ message: `${path} cannot be read on the controller (${code})` });
  }
}
