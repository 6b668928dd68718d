import type { AnyModule } from './define.ts';
import { module as addHost } from './add_host/index.ts';
import { module as apt } from './apt/index.ts';
import { module as archive } from './archive/index.ts';
import { module as assemble } from './assemble/index.ts';
import { module as assert } from './assert/index.ts';
import { module as asyncStatus } from './async_status/index.ts';
import { module as authorizedKey } from './authorized_key/index.ts';
import { module as blockinfile } from './blockinfile/index.ts';
import { module as clockCheck } from './clock_check/index.ts';
import { module as command } from './command/index.ts';
import { module as copy } from './copy/index.ts';
import { module as cron } from './cron/index.ts';
import { module as debug } from './debug/index.ts';
import { module as distribute } from './distribute/index.ts';
import { module as dnf } from './dnf/index.ts';
import { module as dockerContainer } from './docker_container/index.ts';
import { module as dockerContainerInfo } from './docker_container_info/index.ts';
import { module as dockerExec } from './docker_exec/index.ts';
import { module as dockerImage } from './docker_image/index.ts';
import { module as dockerImageInfo } from './docker_image_info/index.ts';
import { module as dockerNetwork } from './docker_network/index.ts';
import { module as dockerNetworkInfo } from './docker_network_info/index.ts';
import { module as dockerPrune } from './docker_prune/index.ts';
import { module as dockerVolume } from './docker_volume/index.ts';
import { module as fail } from './fail/index.ts';
import { module as fetch } from './fetch/index.ts';
import { module as file } from './file/index.ts';
import { module as find } from './find/index.ts';
import { module as getUrl } from './get_url/index.ts';
import { module as getent } from './getent/index.ts';
import { module as git } from './git/index.ts';
import { module as group } from './group/index.ts';
import { module as groupBy } from './group_by/index.ts';
import { module as haproxyServer } from './haproxy_server/index.ts';
import { module as hostname } from './hostname/index.ts';
import { module as includeRole } from './include_role/index.ts';
import { module as includeTasks } from './include_tasks/index.ts';
import { module as includeVars } from './include_vars/index.ts';
import { module as influxdbDatabase } from './influxdb_database/index.ts';
import { module as influxdbUser } from './influxdb_user/index.ts';
import { module as knownHosts } from './known_hosts/index.ts';
import { module as lineinfile } from './lineinfile/index.ts';
import { module as meta } from './meta/index.ts';
import { module as mount } from './mount/index.ts';
import { module as mysqlDb } from './mysql_db/index.ts';
import { module as mysqlDump } from './mysql_dump/index.ts';
import { module as mysqlInfo } from './mysql_info/index.ts';
import { module as mysqlQuery } from './mysql_query/index.ts';
import { module as mysqlRestore } from './mysql_restore/index.ts';
import { module as mysqlUser } from './mysql_user/index.ts';
import { module as omsConfig } from './oms_config/index.ts';
import { module as omsHealth } from './oms_health/index.ts';
import { module as omsInit } from './oms_init/index.ts';
import { module as omsMetadb } from './oms_metadb/index.ts';
import { module as packageModule } from './package/index.ts';
import { module as packageFacts } from './package_facts/index.ts';
import { module as pause } from './pause/index.ts';
import { module as ping } from './ping/index.ts';
import { module as portCheck } from './port_check/index.ts';
import { module as raw } from './raw/index.ts';
import { module as reboot } from './reboot/index.ts';
import { module as replace } from './replace/index.ts';
import { module as script } from './script/index.ts';
import { module as service } from './service/index.ts';
import { module as serviceFacts } from './service_facts/index.ts';
import { module as setFact } from './set_fact/index.ts';
import { module as setStats } from './set_stats/index.ts';
import { module as setup } from './setup/index.ts';
import { module as shell } from './shell/index.ts';
import { module as slurp } from './slurp/index.ts';
import { module as stat } from './stat/index.ts';
import { module as synchronize } from './synchronize/index.ts';
import { module as sysctl } from './sysctl/index.ts';
import { module as systemd } from './systemd/index.ts';
import { module as systemdService } from './systemd_service/index.ts';
import { module as tempfile } from './tempfile/index.ts';
import { module as template } from './template/index.ts';
import { module as timezone } from './timezone/index.ts';
import { module as unarchive } from './unarchive/index.ts';
import { module as uri } from './uri/index.ts';
import { module as user } from './user/index.ts';
import { module as validateArgumentSpec } from './validate_argument_spec/index.ts';
import { module as waitFor } from './wait_for/index.ts';
import { module as waitForConnection } from './wait_for_connection/index.ts';
import { module as x509CertificateInfo } from './x509_certificate_info/index.ts';
import { module as yum } from './yum/index.ts';

/** The modules that come with oms-play, by name; a new one is a folder, an import and a line here. */
export const builtinModules: readonly AnyModule[] = [
  addHost,
  apt,
  archive,
  assemble,
  assert,
  asyncStatus,
  authorizedKey,
  blockinfile,
  clockCheck,
  command,
  copy,
  cron,
  debug,
  distribute,
  dnf,
  dockerContainer,
  dockerContainerInfo,
  dockerExec,
  dockerImage,
  dockerImageInfo,
  dockerNetwork,
  dockerNetworkInfo,
  dockerPrune,
  dockerVolume,
  fail,
  fetch,
  file,
  find,
  getUrl,
  getent,
  git,
  group,
  groupBy,
  haproxyServer,
  hostname,
  includeRole,
  includeTasks,
  includeVars,
  influxdbDatabase,
  influxdbUser,
  knownHosts,
  lineinfile,
  meta,
  mount,
  mysqlDb,
  mysqlDump,
  mysqlInfo,
  mysqlQuery,
  mysqlRestore,
  mysqlUser,
  omsConfig,
  omsHealth,
  omsInit,
  omsMetadb,
  packageModule,
  packageFacts,
  pause,
  ping,
  portCheck,
  raw,
  reboot,
  replace,
  script,
  service,
  serviceFacts,
  setFact,
  setStats,
  setup,
  shell,
  slurp,
  stat,
  synchronize,
  sysctl,
  systemd,
  systemdService,
  tempfile,
  template,
  timezone,
  unarchive,
  uri,
  user,
  validateArgumentSpec,
  waitFor,
  waitForConnection,
  x509CertificateInfo,
  yum,
];
