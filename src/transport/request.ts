import type { ExecRequest } from './contract.ts';
import { quote } from './command.ts';
import { framePrefix } from './frame.ts';
import { LOOKS } from './looks.ts';

/**
 * What the leader of a process group reads from its standard input, so that its argument list tells nothing. It is
 * one compound command, which a shell reads to its end before it begins: the input is another one from then on.
 */
function leaderText(token: string, request: ExecRequest): string {
  const begun = frameLine(token, 'B%d', ' $$').trimEnd();
  return `{ exec <&4 4<&-; ${begun}; printf %d $$ >&5; exec 5>&-; eval ${scriptWord(request)}; exit; }`;
}

/** What is sent first: says on both streams that the shell reads, so that what came before is known as noise. */
export function helloText(token: string): string {
  return (
    `OMS_PLAY_GROUP=$(command -v setsid)\n${LOOKS}` +
    frameLine(token, 'H%d', ' "$$"') +
    frameLine(token, 'H', '', ' >&2')
  );
}

/**
 * The shell text of one request. The user's script stands in it as one quoted word, so a syntax error in it
 * ends only the subshell, and no process ever has it in its argument list.
 */
export function requestText(token: string, request: ExecRequest): string {
  if (!hasOwnGroup(request)) return plainBody(request) + endFrames(token, '$?');
  return (
    groupBody(token, request) + endFrames(token, '$OMS_PLAY_CODE') + '[ -z "$OMS_PLAY_LEFT" ] || exit 0\n'
  );
}

function endFrames(token: string, code: string): string {
  return frameLine(token, 'E%d', ` ${code}`) + frameLine(token, 'E', '', ' >&2');
}

/** Whether the request runs in a process group of its own, which can be ended from outside. */
export function hasOwnGroup(request: ExecRequest): boolean {
  return request.onOutput !== undefined || request.timeoutMs !== undefined;
}

function plainBody(request: ExecRequest): string {
  if (request.direct === true && isBare(request)) return `{ ${request.command.text}\n} </dev/null\n`;
  const run = `( ${exportsOf(request)}eval ${scriptWord(request)} )`;
  return request.stdin === undefined ? `${run} </dev/null\n` : `${stdinPipe(request.stdin)} | ${run}\n`;
}

/**
 * The leader tells its number by a pipe of its own, too. What is left of its group when it has ended could go on
 * writing into the answers of later requests: then the shell says so (S) and ends.
 */
function groupBody(token: string, request: ExecRequest): string {
  const leader = `( ${exportsOf(request)}exec $OMS_PLAY_GROUP /bin/sh )`;
  const feed = `printf '%s\\n' ${quote(leaderText(token, request))} | ${leader}`;
  const fed =
    request.stdin === undefined
      ? `{ ${feed}; } 4</dev/null`
      : `${stdinPipe(request.stdin)} | { ${feed}; } 4<&0`;
  return (
    `{ OMS_PLAY_LEADER=$( { ${fed}; } 5>&1 1>&6 6>&- ); OMS_PLAY_CODE=$?; } 6>&1\n` +
    'OMS_PLAY_LEFT=; kill -0 "-$OMS_PLAY_LEADER" 2>/dev/null && OMS_PLAY_LEFT=1 && ' +
    frameLine(token, 'S', '')
  );
}

function isBare({ stdin, environment }: ExecRequest): boolean {
  return stdin === undefined && Object.keys(environment ?? {}).length === 0;
}

/** The leader of a group is a new shell, which has not been given the functions. */
function scriptWord(request: ExecRequest): string {
  const functions = request.direct === true && hasOwnGroup(request) ? LOOKS : '';
  return quote(`${functions}${request.command.text}\n`);
}

/** base64 keeps NUL bytes; echo and printf are built into the shell, so nothing shows in `ps`. */
function stdinPipe(bytes: Buffer): string {
  return `echo '${bytes.toString('base64')}' | base64 -d 2>/dev/null`;
}

function exportsOf(request: ExecRequest): string {
  const entries = Object.entries(request.environment ?? {});
  if (entries.length === 0) return '';
  const words = entries.map(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new TypeError(`"${name}" cannot be the name of an environment variable`);
    }
    return `${name}=${quote(value)}`;
  });
  return `export ${words.join(' ')}; `;
}

function frameLine(token: string, format: string, argument: string, redirection = ''): string {
  return `printf '\\036${framePrefix(token)}${format}\\n'${argument}${redirection}\n`;
}
