import type { ShellCommand } from '../../transport/command.ts';
import { script, sh } from '../../transport/command.ts';
import type { ExecResult } from '../../transport/contract.ts';
import { oneOf } from '../aliases.ts';
import type { ModuleError } from '../define.ts';
import { commandError } from '../failure.ts';
import { withoutLogin } from '../uri/request.ts';
import type { UrlArgs } from './args.ts';

/** Neither curl nor wget is there, or only one that would show secrets. */
const NO_TOOL = 91;
const ONLY_BUSYBOX = 92;

/**
 * Shell text that fetches the address into a file (a shell word), and says why where it cannot. What may be secret
 * (address, headers, user, password) is in no argument list: curl reads it from a pipe, wget from files of mode 0600.
 */
export function downloadText(url: string, given: UrlArgs, into: ShellCommand): ShellCommand {
  const plain =
    Object.keys(given.headers).length === 0 && loginOf(given) === undefined && withoutLogin(url) === url;
  // Without a time limit: with one, busybox 1.35 of Debian crashes.
  const quiet = sh`-q ${given.validate_certs ? [] : ['--no-check-certificate']} -O ${into}`;
  return sh`if command -v curl >/dev/null; then
  printf '%s\\n' ${curlConfig(url, given)} | curl -q -K - -o ${into} || exit $?
elif wget --version 2>/dev/null | grep -q GNU; then
  w=$(umask 077; mktemp -d "\${TMPDIR:-/tmp}/oms-play-XXXXXX") || exit 1
  ( umask 077; printf '%s\\n' ${wgetConfig(given)} >"$w/rc"; printf '%s\\n' ${url} >"$w/url" )
  WGETRC="$w/rc" wget -nv -O ${into} -i "$w/url" >&2; c=$?; rm -rf -- "$w"; [ $c -eq 0 ] || exit $c
elif command -v wget >/dev/null; then
  ${script(plain ? '' : `exit ${ONLY_BUSYBOX}`)}
  wget ${quiet} -- ${plain ? url : ''} || exit $?
else exit ${NO_TOOL}
fi`;
}

/** Why a download has ended badly. */
export function downloadError(url: string, command: ShellCommand, done: ExecResult): ModuleError {
  const shown = withoutLogin(url);
  if (done.exitCode === NO_TOOL) {
    return commandError(`${shown} cannot be fetched: the node has neither curl nor wget`, command, done, {
      hint: 'Install curl on the node; or fetch it on the controller and copy it.',
    });
  }
  if (done.exitCode === ONLY_BUSYBOX) {
    return commandError(
      `${shown} cannot be fetched: busybox's wget would show headers and passwords to all`,
      command,
      done,
      {
        hint: 'Install curl on the node.',
      },
    );
  }
  const lines = done.stderr.toString('utf8').trim().split('\n');
  return commandError(
    `${shown} could not be fetched: ${lines.at(-1) ?? `exit code ${done.exitCode}`}`,
    command,
    done,
  );
}

function loginOf(given: UrlArgs): { readonly user: string; readonly password: string } | undefined {
  const user = oneOf({ url_username: given.url_username, username: given.username });
  const password = oneOf({ url_password: given.url_password, password: given.password });
  return user === undefined ? undefined : { user, password: password ?? '' };
}

function headersOf({ headers }: UrlArgs): readonly string[] {
  return Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
}

function curlConfig(url: string, given: UrlArgs): string {
  const login = loginOf(given);
  const seconds = String(Math.ceil(given.timeout));
  const texts: readonly (readonly [string, string | undefined])[] = [
    ['url', url],
    ['user-agent', given.http_agent],
    ['user', login === undefined ? undefined : `${login.user}:${login.password}`],
    ...headersOf(given).map((header) => ['header', header] as const),
    ['cert', given.client_cert],
    ['key', given.client_key],
    ['noproxy', given.use_proxy ? undefined : '*'],
    ['connect-timeout', seconds],
    ['speed-time', seconds],
    ['speed-limit', '1'],
  ];
  const flags = [
    'fail',
    'location',
    'silent',
    'show-error',
    'globoff',
    ...(given.validate_certs ? [] : ['insecure']),
  ];
  const quoted = texts.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} = "${value.replace(/[\\"]/g, '\\$&')}"`],
  );
  return [...flags, ...quoted].join('\n');
}

function wgetConfig(given: UrlArgs): string {
  const login = loginOf(given);
  const { client_cert, client_key } = given;
  return [
    'tries = 1',
    `timeout = ${Math.ceil(given.timeout)}`,
    `user_agent = ${given.http_agent}`,
    ...(login === undefined
      ? []
      : [`user = ${login.user}`, `password = ${login.password}`, 'auth_no_challenge = on']),
    ...headersOf(given).map((header) => `header = ${header}`),
    ...(given.validate_certs ? [] : ['check_certificate = off']),
    ...(given.use_proxy ? [] : ['use_proxy = off']),
    ...(client_cert === undefined ? [] : [`certificate = ${client_cert}`]),
    ...(client_cert === undefined ? [] : [`private_key = ${client_key ?? client_cert}`]),
  ].join('\n');
}
