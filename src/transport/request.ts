import type { ExecRequest } from './contract.ts';
import { quote } from './command.ts';
import { framePrefix } from './frame.ts';

/** Constant text, so that the argument list of the process tells nothing: mark and script come by a pipe. */
const GROUP_LEADER =
  'IFS= read -r m; s=$(cat); exec <&4 4<&-; printf "\\036%s%d\\n" "$m" $$; printf %d $$ >&5; exec 5>&-; eval "unset m s; $s"';

/** What is sent first: says on both streams that the shell reads, so that what came before is known as noise. */
export function helloText(token: string): string {
  return (
    `OMS_PLAY_GROUP=$(command -v setsid)\n` +
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
  const run = `( ${exportsOf(request)}eval ${scriptWord(request)} )`;
  return request.stdin === undefined ? `${run} </dev/null\n` : `${stdinPipe(request.stdin)} | ${run}\n`;
}

/**
 * The leader tells its number by a pipe of its own, too. What is left of its group when it has ended could go on
 * writing into the answers of later requests: then the shell says so (S) and ends.
 */
function groupBody(token: string, request: ExecRequest): string {
  const mark = quote(`${framePrefix(token)}B`);
  const leader = `( ${exportsOf(request)}exec $OMS_PLAY_GROUP /bin/sh -c ${quote(GROUP_LEADER)} )`;
  const feed = `printf '%s\\n' ${mark} ${scriptWord(request)} | ${leader}`;
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

function scriptWord(request: ExecRequest): string {
  return quote(`${request.command.text}\n`);
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
