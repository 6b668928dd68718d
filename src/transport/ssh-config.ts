import { readFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import SSHConfig from 'ssh-config';
import type { Target } from './contract.ts';
import type { Endpoint } from './endpoint.ts';

const DEFAULT_KEYS = ['id_rsa', 'id_ecdsa', 'id_ed25519'];
const GLOBAL_KNOWN_HOSTS = '/etc/ssh/ssh_known_hosts';

type Settings = Readonly<Record<string, string | string[]>>;

/** Reads the user's own ~/.ssh/config once and fills targets in from it. Nothing in it is ever executed. */
export class SshConfigFile {
  readonly #home: string;
  #reading: Promise<SSHConfig> | undefined;

  constructor(home: string = homedir()) {
    this.#home = home;
  }

  /** What the target says wins over the file, the file over the defaults. */
  async resolve(target: Target): Promise<Endpoint> {
    this.#reading ??= readConfig(join(this.#home, '.ssh', 'config'));
    const config = await this.#reading;
    const settings = config.compute(
      { Host: target.address, ...(target.user === undefined ? {} : { User: target.user }) },
      { ignoreCase: true, matchExec: false },
    );
    return fillIn(target, settings, this.#home);
  }
}

async function readConfig(path: string): Promise<SSHConfig> {
  const text = await readFile(path, 'utf8').catch(() => '');
  // Match exec runs a program, CanonicalizeHostname runs nslookup: neither may happen.
  const harmless = text.split('\n').filter((line) => !/^\s*canonical(ize|domains)/i.test(line));
  return SSHConfig.parse(harmless.join('\n'));
}

function fillIn(target: Target, settings: Settings, home: string): Endpoint {
  const user = target.user ?? first(settings['user']) ?? userInfo().username;
  const expand = (text: string): string => expandTokens(text, { home, host: target.address, user });
  const host = expand(first(settings['hostname']) ?? target.address);
  const port = target.port ?? Number(first(settings['port']) ?? 22);
  return {
    label: `${target.name} (${user}@${host}:${port})`,
    name: target.name,
    host,
    port,
    user,
    password: target.password,
    keyFiles: keyFilesOf(target, settings, home, expand),
    privateKeyPassphrase: target.privateKeyPassphrase,
    knownHostsFiles: knownHostsOf(target, settings, home, expand),
    hostKeyAlias: first(settings['hostkeyalias']),
    hostKeyChecking: target.hostKeyChecking ?? checkingOf(first(settings['stricthostkeychecking'])),
    useAgent: first(settings['identityagent'])?.toLowerCase() !== 'none',
    jump: target.jump ?? jumpOf(target, first(settings['proxyjump'])),
    connectTimeoutMs: target.connectTimeoutMs,
  };
}

function keyFilesOf(
  target: Target,
  settings: Settings,
  home: string,
  expand: (text: string) => string,
): Endpoint['keyFiles'] {
  if (target.privateKeyFile !== undefined) return [{ path: expand(target.privateKeyFile), asked: true }];
  const configured = all(settings['identityfile']).filter((path) => path !== 'none');
  if (configured.length > 0) return configured.map((path) => ({ path: expand(path), asked: false }));
  return DEFAULT_KEYS.map((name) => ({ path: join(home, '.ssh', name), asked: false }));
}

function knownHostsOf(
  target: Target,
  settings: Settings,
  home: string,
  expand: (text: string) => string,
): readonly string[] {
  if (target.knownHostsFile !== undefined) return [expand(target.knownHostsFile)];
  const configured = all(settings['userknownhostsfile']).filter((path) => path !== 'none');
  const own = configured.length > 0 ? configured.map(expand) : [join(home, '.ssh', 'known_hosts')];
  return [...own, GLOBAL_KNOWN_HOSTS];
}

function checkingOf(word: string | undefined): Endpoint['hostKeyChecking'] {
  const lower = word?.toLowerCase();
  if (lower === 'accept-new') return 'accept-new';
  return lower === 'no' || lower === 'off' ? 'no' : 'yes';
}

/** `a,b` means: through a to b, and from b to the target. */
function jumpOf(target: Target, value: string | undefined): Target | undefined {
  if (value === undefined || value.toLowerCase() === 'none') return undefined;
  let jump: Target | undefined;
  for (const hop of value.split(',')) {
    const parts = /^(?:ssh:\/\/)?(?:([^@]+)@)?(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(hop.trim());
    if (parts === null) continue;
    const [, user, address = '', port] = parts;
    jump = {
      ...target,
      name: hop.trim(),
      address: address.replace(/^\[|\]$/g, ''),
      port: port === undefined ? undefined : Number(port),
      user,
      password: undefined,
      jump,
    };
  }
  return jump;
}

function expandTokens(
  text: string,
  values: { readonly home: string; readonly host: string; readonly user: string },
): string {
  const tokens: Readonly<Record<string, string>> = {
    '%': '%',
    d: values.home,
    h: values.host,
    n: values.host,
    r: values.user,
    u: userInfo().username,
  };
  const path = text.startsWith('~/') ? join(values.home, text.slice(2)) : text;
  return path.replace(/%(.)/g, (whole, letter: string) => tokens[letter] ?? whole);
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function all(value: string | string[] | undefined): string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
