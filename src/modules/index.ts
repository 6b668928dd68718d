import type { AnyModule } from './define.ts';
import { module as assert } from './assert/index.ts';
import { module as command } from './command/index.ts';
import { module as copy } from './copy/index.ts';
import { module as debug } from './debug/index.ts';
import { module as distribute } from './distribute/index.ts';
import { module as dockerContainer } from './docker_container/index.ts';
import { module as dockerExec } from './docker_exec/index.ts';
import { module as dockerImage } from './docker_image/index.ts';
import { module as fail } from './fail/index.ts';
import { module as file } from './file/index.ts';
import { module as lineinfile } from './lineinfile/index.ts';
import { module as mysqlDb } from './mysql_db/index.ts';
import { module as mysqlInfo } from './mysql_info/index.ts';
import { module as mysqlQuery } from './mysql_query/index.ts';
import { module as omsConfig } from './oms_config/index.ts';
import { module as omsHealth } from './oms_health/index.ts';
import { module as omsInit } from './oms_init/index.ts';
import { module as omsMetadb } from './oms_metadb/index.ts';
import { module as ping } from './ping/index.ts';
import { module as setFact } from './set_fact/index.ts';
import { module as setup } from './setup/index.ts';
import { module as shell } from './shell/index.ts';
import { module as slurp } from './slurp/index.ts';
import { module as stat } from './stat/index.ts';
import { module as synchronize } from './synchronize/index.ts';
import { module as template } from './template/index.ts';
import { module as uri } from './uri/index.ts';
import { module as waitFor } from './wait_for/index.ts';
import { module as x509CertificateInfo } from './x509_certificate_info/index.ts';

/** The modules that come with oms-play, by name; a new one is a folder, an import and a line here. */
export const builtinModules: readonly AnyModule[] = [
  assert,
  command,
  copy,
  debug,
  distribute,
  dockerContainer,
  dockerExec,
  dockerImage,
  fail,
  file,
  lineinfile,
  mysqlDb,
  mysqlInfo,
  mysqlQuery,
  omsConfig,
  omsHealth,
  omsInit,
  omsMetadb,
  ping,
  setFact,
  setup,
  shell,
  slurp,
  stat,
  synchronize,
  template,
  uri,
  waitFor,
  x509CertificateInfo,
];
