import { suggest } from '../diagnostics/suggest.ts';

/** `url`: cm_url's form, `[http://]host:port`. `list`: addresses. */
export type ConfigKeyType = 'string' | 'int' | 'bool' | 'url' | 'list';

/** One parameter of OMS's config.yaml. */
export interface ConfigKey {
  readonly name: string;
  readonly type: ConfigKeyType;
  /** In every config.yaml. What only some need (tsdb_url) is a rule of validate.ts. */
  readonly required: boolean;
  readonly default?: string | number | boolean;
  /** Inclusive. */
  readonly range?: readonly [number, number];
  readonly values?: readonly string[];
  /** `cluster`: the same in all regions. */
  readonly scope: 'cluster' | 'region';
  readonly secret?: true;
  readonly description: string;
}

const PORT_RANGE = [1025, 65535] as const;

/** All parameters that the vendor documents, in the order of its sample files. */
export const CONFIG_KEYS: readonly ConfigKey[] = [
  cluster('oms_meta_host', 'string', 'Address of the MetaDB: a MySQL server or a MySQL tenant of OceanBase', {
    required: true,
  }),
  cluster('oms_meta_port', 'int', 'Port of the MetaDB', { required: true, range: PORT_RANGE }),
  cluster('oms_meta_user', 'string', 'User of the MetaDB; user@tenant[#cluster] with OceanBase', {
    required: true,
  }),
  cluster('oms_meta_password', 'string', 'Password of that user', { required: true, secret: true }),
  cluster('drc_rm_db', 'string', 'Database of the OMS console; the same in all regions', { required: true }),
  cluster('drc_cm_db', 'string', 'Database of the CM service; the same in all regions', { required: true }),
  region('drc_cm_heartbeat_db', 'string', "Database of the CM service's heartbeats; one for each region", {
    required: true,
  }),
  region('cm_url', 'url', 'Address of the CM service: the VIP or domain name of all nodes of the region', {
    required: true,
  }),
  region('cm_location', 'int', 'Code of the region, its own in each region', {
    required: true,
    range: [0, 127],
  }),
  region('cm_region', 'string', 'Name of the region, its own in each region'),
  region('cm_region_cn', 'string', 'Name of the region as the console shows it; like cm_region by default'),
  region('cm_is_default', 'bool', 'Whether this region is preferred; true in exactly one region', {
    default: true,
  }),
  region('cm_nodes', 'list', 'Addresses of all nodes of the region', { required: true }),
  cluster('tsdb_service', 'string', 'Kind of the time-series database', {
    default: 'CERESDB',
    values: ['INFLUXDB', 'CERESDB'],
  }),
  cluster('tsdb_enabled', 'bool', 'Whether monitoring data are kept in the time-series database', {
    default: false,
  }),
  cluster('tsdb_url', 'string', 'host:port of the time-series database; one for all regions'),
  cluster('tsdb_username', 'string', 'User of the time-series database'),
  cluster('tsdb_password', 'string', 'Password of that user', { secret: true }),
  port('ghana_server_port', 8090, 'Port of the console behind nginx'),
  port('nginx_server_port', 8089, 'Port of the web page'),
  port('cm_server_port', 8088, 'Port of the CM service'),
  port('supervisor_server_port', 9000, 'Port of the host agent'),
  port('sshd_server_port', 2023, "Port of the container's sshd"),
  cluster('apsara_audit_enable', 'bool', 'Whether audit logs are written to Simple Log Service', {
    default: false,
  }),
  cluster('apsara_audit_sls_access_key', 'string', 'Access key of Simple Log Service', { secret: true }),
  cluster('apsara_audit_sls_access_secret', 'string', 'Access secret of Simple Log Service', {
    secret: true,
  }),
  cluster('apsara_audit_sls_endpoint', 'string', 'Endpoint of Simple Log Service'),
  cluster('apsara_audit_sls_ops_site_topic', 'string', 'Topic for the operators’ side'),
  cluster('apsara_audit_sls_user_site_topic', 'string', 'Topic for the users’ side'),
  cluster('init_db', 'string', 'Seen with Kubernetes only: "true" creates the databases at first start'),
  cluster('drc_user', 'string', 'Up to 4.1: user that reads the logs of OceanBase'),
  cluster('drc_password', 'string', 'Up to 4.1: password of that user', { secret: true }),
];

/** The five ports that config.yaml can set. */
export const PORT_KEYS: readonly ConfigKey[] = CONFIG_KEYS.filter((key) => key.name.endsWith('_server_port'));

/** Ports that OMS takes beside those and that nothing can move. */
export const FIXED_PORTS: ReadonlyMap<number, string> = new Map([
  [8084, 'supervisorctl'],
  [9001, 'the host agent'],
]);

/** Ports that OMS gives to the components it starts; both ends belong to the range. */
export const COMPONENT_RANGES: readonly (readonly [number, number])[] = [
  [7100, 7499],
  [16000, 16499],
  [17000, 17499],
  [18000, 18499],
];

/** What an OMS name looks like; a variable of such a name that is not in the table is a slip. */
const OMS_NAME = /^(cm_|drc_|tsdb_|oms_meta_|apsara_audit_)|_server_port$/;

const SECRET_NAME = /password|passwd|secret|access_key/i;

/** The parameter of that name, or undefined. */
export function configKey(name: string): ConfigKey | undefined {
  return CONFIG_KEYS.find((key) => key.name === name);
}

/** True for names that only OMS's parameters have, known or misspelt. */
export function looksLikeConfigKey(name: string): boolean {
  return OMS_NAME.test(name);
}

/** True when the value must not be shown; unknown names are judged by their words. */
export function isSecretKey(name: string): boolean {
  return configKey(name)?.secret ?? SECRET_NAME.test(name);
}

/** The known name that was most likely meant. A word of another key's (ssh for sshd) counts as near too. */
export function nearestKey(name: string): string | undefined {
  return suggest(
    name,
    CONFIG_KEYS.map((key) => key.name),
  );
}

type Extra = Partial<Pick<ConfigKey, 'required' | 'default' | 'range' | 'values' | 'secret'>>;

function cluster(name: string, type: ConfigKeyType, description: string, extra: Extra = {}): ConfigKey {
  return { name, type, description, scope: 'cluster', required: false, ...extra };
}

function region(name: string, type: ConfigKeyType, description: string, extra: Extra = {}): ConfigKey {
  return { ...cluster(name, type, description, extra), scope: 'region' };
}

function port(name: string, standard: number, description: string): ConfigKey {
  return cluster(name, 'int', description, { default: standard, range: PORT_RANGE });
}
