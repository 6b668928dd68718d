import { setTimeout as pause } from 'node:timers/promises';
import { splitHostPort } from '../../oms/address.ts';
import type { NodeReader } from '../../transport/node.ts';
import type { AnyModule, Check } from '../define.ts';
import { defineModule, ModuleError } from '../define.ts';
import { openMysql } from '../mysql/connection.ts';
import { LOGIN_INPUTS } from '../mysql/login.ts';
import type { OpenMysql } from '../mysql/session.ts';
import type { Finding, HealthArgs, HealthResult } from './args.ts';
import { healthArgs, healthReturns } from './args.ts';
import { metadbLook } from './metadb.ts';
import { lookAtPrograms } from './programs.ts';
import { consoleLook, lookAtCm } from './web.ts';

const CM_PORT = 8088;

type Looks = ReadonlyMap<string, () => Promise<Finding>>;
type Findings = ReadonlyMap<string, Finding>;

/** The module, given how the MetaDB is connected to. */
export function omsHealth(open: OpenMysql): AnyModule {
  return defineModule<typeof healthArgs, typeof healthReturns>({
    name: 'oms_health',
    summary: 'Wait until OMS is healthy: programs, console, MetaDB, VIP',
    args: healthArgs,
    returns: healthReturns,
    inputs: LOGIN_INPUTS,
    waits: true,
    examples: `- name: OMS is healthy
  oms_health:
    container: "{{oms_container}}"
    vip: "{{cm_url}}"
    cm_db: "{{drc_cm_db}}"
    heartbeat_db: "{{drc_cm_heartbeat_db}}"
    login_host: "{{oms_meta_host}}"
    login_port: "{{oms_meta_port}}"
    login_user: "{{oms_meta_user}}"
    login_password: "{{oms_meta_password}}"
`,
    check: (node, given) => check(node, given, open),
    apply: (_node, _given, found) => Promise.resolve(found.result),
  });
}

/** Only looks; all that it was asked to look at must be well at the same time. */
export const module = omsHealth(openMysql);

async function check(node: NodeReader, given: HealthArgs, open: OpenMysql): Promise<Check<HealthResult>> {
  const looks = looksOf(node, given, open);
  const begin = performance.now();
  for (;;) {
    const findings = await lookAtAll(looks);
    const elapsed = Math.round((performance.now() - begin) / 100) / 10;
    const result = { elapsed, checks: statesOf(findings) };
    if ([...findings.values()].every((finding) => finding.well)) return { changes: [], result };
    const left = given.timeout - elapsed;
    if (left <= 0 || given.interval > left) throw unhealthy(node, given, findings, result);
    await pause(given.interval * 1000);
  }
}

function looksOf(node: NodeReader, given: HealthArgs, open: OpenMysql): Looks {
  const host = given.address ?? node.address;
  const metadb = metadbLook(given, given.expect_hosts ?? [host], open);
  return new Map<string, () => Promise<Finding>>([
    ['programs', () => lookAtPrograms(node, given)],
    ['console', consoleLook(node, { host, port: given.port }, given.scheme)],
    ...(metadb ? [['metadb', metadb] as const] : []),
    ...vipLooks(node, given),
  ]);
}

function vipLooks(
  node: NodeReader,
  given: HealthArgs,
): readonly (readonly [string, () => Promise<Finding>])[] {
  if (given.vip === undefined) return [];
  const parts = splitHostPort(given.vip);
  if (!parts) {
    throw new ModuleError({ message: `vip: ${given.vip} is no address of the form http://VIP:${CM_PORT}` });
  }
  const { host, port = CM_PORT } = parts;
  return [
    ['vip cm', () => lookAtCm(node, { host, port })],
    ['vip console', consoleLook(node, { host, port: given.port }, given.scheme)],
  ];
}

async function lookAtAll(looks: Looks): Promise<Findings> {
  return new Map(await Promise.all([...looks].map(async ([name, look]) => [name, await look()] as const)));
}

function statesOf(findings: Findings): Record<string, string> {
  return Object.fromEntries([...findings].map(([name, finding]) => [name, finding.state]));
}

function unhealthy(
  node: NodeReader,
  given: HealthArgs,
  findings: Findings,
  result: HealthResult,
): ModuleError {
  const bad = [...findings].filter(([, finding]) => !finding.well);
  const when = given.timeout === 0 ? '' : ` after ${given.timeout} s`;
  const lines = [...findings].map(
    ([name, { well, state }]) => `${well ? 'well' : 'NOT WELL'}  ${name}: ${state}`,
  );
  const hint = bad[0]?.[1].hint;
  return new ModuleError(
    {
      message: `OMS on ${node.name} is not healthy${when}: ${bad.map(([name, { state }]) => `${name}: ${state}`).join('; ')}`,
      ...(hint === undefined ? {} : { hint }),
      stdout: lines.join('\n'),
    },
    { ...result },
  );
}
