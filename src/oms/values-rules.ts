import type { Data } from '../model/data.ts';
import { isAddress, isHost, isLoopback, splitHostPort } from './address.ts';
import { canonical, isUnknown } from './canonical.ts';
import { wrong } from './config-problem.ts';
import type { ConfigProblem } from './config-problem.ts';
import { COMPONENT_RANGES, CONFIG_KEYS, FIXED_PORTS, PORT_KEYS, configKey } from './keys.ts';
import type { ConfigKey } from './keys.ts';

/** A region's parameters by name; undefined and null: not set. */
export type ConfigValues = (name: string) => Data | undefined;

const FORBIDDEN_IN_PASSWORD = '\n |"\'`()=;/&[]{}';
const DATABASE_NAME = /^[A-Za-z0-9_$-]{1,64}$/;

/** What must hold within one region's parameters, whatever the others have. Missing keys are not its business. */
export function checkValues(values: ConfigValues): ConfigProblem[] {
  const typed = CONFIG_KEYS.flatMap((key) => checkType(key, values));
  const sound: ConfigValues = (name) =>
    typed.some((problem) => problem.key === name) ? undefined : settled(name, values);
  return [
    ...typed,
    ...checkPasswords(sound),
    ...checkDatabases(sound),
    ...checkMetaHost(sound),
    ...checkCmUrl(sound),
    ...checkNodes(sound),
    ...checkPorts(sound),
    ...checkTsdb(sound, values),
  ];
}

/** The value in its own type; undefined where it is missing or cannot be known yet. */
export function settled(name: string, values: ConfigValues): Data | undefined {
  const value = values(name);
  return value === undefined || value === null || isUnknown(value) ? undefined : canonical(name, value);
}

/** The port's value, or its default. */
export function portOf(name: string, values: ConfigValues): number {
  const value = settled(name, values);
  const standard = configKey(name)?.default;
  return typeof value === 'number' ? value : typeof standard === 'number' ? standard : 0;
}

function checkType(key: ConfigKey, values: ConfigValues): ConfigProblem[] {
  const value = settled(key.name, values);
  if (value === undefined) return [];
  const expected = expectation(key, value);
  if (expected === undefined) return [];
  const shown = key.secret ? '' : `, not ${JSON.stringify(value)}`;
  const code = expected.outside ? 'bad-value' : 'wrong-type';
  return [wrong(key.name, code, expected.summary, `${key.name} must be ${expected.text}${shown}.`)];
}

interface Expectation {
  readonly text: string;
  readonly summary: string;
  readonly outside: boolean;
}

function expectation(key: ConfigKey, value: Data): Expectation | undefined {
  const type = (text: string) => ({ text, summary: 'wrong type of an OMS parameter', outside: false });
  const range = (text: string) => ({ text, summary: 'OMS parameter out of range', outside: true });
  switch (key.type) {
    case 'int': {
      const [low, high] = key.range ?? [0, Number.MAX_SAFE_INTEGER];
      if (!Number.isInteger(value)) return type(`a whole number from ${low} to ${high}`);
      return Number(value) >= low && Number(value) <= high ? undefined : range(`from ${low} to ${high}`);
    }
    case 'bool':
      return typeof value === 'boolean' ? undefined : type('true or false');
    case 'list':
      return isTextList(value) ? undefined : type('a list, one "- address" line for each node');
    case 'string':
    case 'url':
      if (typeof value !== 'string') return type('a text');
      return !key.values || key.values.includes(value) ? undefined : range(key.values.join(' or '));
  }
}

function isTextList(value: Data): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function checkPasswords(values: ConfigValues): ConfigProblem[] {
  return ['oms_meta_password', 'tsdb_password'].flatMap((name) => {
    const password = values(name);
    if (typeof password !== 'string') return [];
    const bad = [...FORBIDDEN_IN_PASSWORD].filter((character) => password.includes(character)).map(nameOf);
    if (bad.length === 0) return [];
    return [
      wrong(
        name,
        'bad-value',
        'character that OMS does not allow in a password',
        `${name} contains ${bad.join(' and ')}. OMS's tools refuse newline, space and | " ' \` ( ) = ; / & [ ] { } ` +
          `in it: choose another password.`,
      ),
    ];
  });
}

function nameOf(character: string): string {
  if (character === ' ') return 'a space';
  return character === '\n' ? 'a newline' : `the character ${character}`;
}

function checkDatabases(values: ConfigValues): ConfigProblem[] {
  const names = ['drc_rm_db', 'drc_cm_db', 'drc_cm_heartbeat_db'];
  const seen = new Map<string, string>();
  return names.flatMap((name) => {
    const database = values(name);
    if (typeof database !== 'string') return [];
    if (!DATABASE_NAME.test(database)) {
      const detail = `${name}: ${JSON.stringify(database)} is no name of a database; use letters, digits, _ $ - (at most 64).`;
      return [wrong(name, 'bad-value', 'bad database name', detail)];
    }
    // Some servers ignore case in database names.
    const other = seen.get(database.toLowerCase());
    seen.set(database.toLowerCase(), name);
    if (other === undefined) return [];
    const detail = `${name} and ${other} are both "${database}". OMS needs three different databases in each region.`;
    return [wrong(name, 'topology', 'one database used twice', detail)];
  });
}

function checkMetaHost(values: ConfigValues): ConfigProblem[] {
  const host = values('oms_meta_host');
  if (typeof host !== 'string' || isHost(host)) return [];
  const detail = `oms_meta_host must be an IP address without port or scheme, not ${JSON.stringify(host)}; the port is oms_meta_port.`;
  return [wrong('oms_meta_host', 'bad-value', 'bad address of the MetaDB', detail)];
}

function checkCmUrl(values: ConfigValues): ConfigProblem[] {
  const url = values('cm_url');
  if (typeof url !== 'string') return [];
  const cmPort = portOf('cm_server_port', values);
  const bad = (detail: string) => [wrong('cm_url', 'bad-value', 'bad cm_url', `cm_url: ${detail}`)];
  const parts = splitHostPort(url);
  if (!parts) return bad(`${JSON.stringify(url)} is no address of the form http://VIP:${cmPort}.`);
  if (parts.scheme !== undefined && parts.scheme !== 'http') {
    return bad(`the CM service speaks http, not ${parts.scheme}; write http://${parts.host}:${cmPort}.`);
  }
  if (isLoopback(parts.host)) {
    return bad(
      `${parts.host} is each node itself; give the VIP or domain name that all nodes of the region share.`,
    );
  }
  if (parts.port === undefined) return bad(`the port is missing; write http://${parts.host}:${cmPort}.`);
  if (parts.port === portOf('nginx_server_port', values) || (parts.port === 8089 && cmPort !== 8089)) {
    return bad(`port ${parts.port} is the web page's; the CM service has ${cmPort}.`);
  }
  if (parts.port === cmPort) return [];
  const detail = `cm_url: port ${parts.port} is not the CM service's (${cmPort}); right only if the VIP maps ${parts.port} to ${cmPort}.`;
  return [
    { key: 'cm_url', code: 'bad-value', severity: 'warning', summary: 'unusual port in cm_url', detail },
  ];
}

function checkNodes(values: ConfigValues): ConfigProblem[] {
  const nodes = values('cm_nodes');
  if (nodes === undefined || !isTextList(nodes)) return [];
  const bad = (detail: string) => wrong('cm_nodes', 'bad-value', 'bad cm_nodes', `cm_nodes: ${detail}`);
  if (nodes.length === 0) return [bad('there must be at least one address.')];
  return nodes.flatMap((node, i) => {
    if (nodes.indexOf(node) < i) return [bad(`${JSON.stringify(node)} is in the list twice.`)];
    if (isLoopback(node))
      return [bad(`${node} is each node itself; give the address that the others reach it by.`)];
    return isAddress(node) ? [] : [bad(`${JSON.stringify(node)} is not an IP address.`)];
  });
}

function checkPorts(values: ConfigValues): ConfigProblem[] {
  const seen = new Map<number, string>();
  // Those that are set come last, so that a clash with a default is told of the one that was set.
  const keys = [...PORT_KEYS].sort(
    (a, b) => Number(values(a.name) !== undefined) - Number(values(b.name) !== undefined),
  );
  return keys.flatMap(({ name }) => {
    const port = portOf(name, values);
    const taken = seen.get(port) ?? FIXED_PORTS.get(port) ?? rangeOf(port);
    if (!seen.has(port)) seen.set(port, name);
    if (taken === undefined) return [];
    return [
      wrong(
        name,
        'bad-value',
        'port is taken',
        `${name}: port ${port} is already that of ${taken}; choose another.`,
      ),
    ];
  });
}

function rangeOf(port: number): string | undefined {
  const range = COMPONENT_RANGES.find(([low, high]) => port >= low && port <= high);
  return range && `the components that OMS starts (${range[0]} to ${range[1]})`;
}

function checkTsdb(values: ConfigValues, raw: ConfigValues): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (values('tsdb_enabled') === true) {
    for (const name of ['tsdb_url', 'tsdb_username', 'tsdb_password']) {
      // The raw one: what is of a wrong type or not known yet is not missing.
      if (![undefined, null, ''].some((nothing) => raw(name) === nothing)) continue;
      problems.push(
        wrong(name, 'missing-key', 'missing OMS parameter', `${name} is needed with tsdb_enabled: true.`),
      );
    }
  }
  const url = values('tsdb_url');
  if (typeof url !== 'string' || url === '') return problems;
  const parts = splitHostPort(url);
  if (parts && parts.scheme === undefined && parts.port !== undefined && !url.endsWith('/')) return problems;
  const detail = `tsdb_url must be host:port without a scheme (10.0.0.5:8086), not ${JSON.stringify(url)}.`;
  return [...problems, wrong('tsdb_url', 'bad-value', 'bad tsdb_url', detail)];
}
