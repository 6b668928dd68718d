import type { Data, DataMap } from '../../model/data.ts';
import { isDataMap } from '../../model/data.ts';
import type { ValueRow } from '../../model/result.ts';
import { differentEntries } from '../docker/entries.ts';
import { mapOf, textOf } from '../docker/objects.ts';
import type { NetworkArgs } from './args.ts';

/** What of an existing network differs from what was asked for; it cannot be changed, only made anew. */
export function differences(args: NetworkArgs, there: DataMap): readonly ValueRow[] {
  const ipam = mapOf(there['IPAM']);
  return [
    ...plain('driver', args.driver, there['Driver']),
    ...differentEntries('driver_options', args.driver_options, mapOf(there['Options'])),
    ...plain('ipam_driver', args.ipam_driver, ipam['Driver']),
    ...differentEntries('ipam_driver_options', args.ipam_driver_options, mapOf(ipam['Options'])),
    ...(args.ipam_config ?? []).flatMap((one, index) => ranges(one, index, listOf(ipam['Config']))),
    ...plain('enable_ipv6', args.enable_ipv6, there['EnableIPv6']),
    ...plain('internal', args.internal, there['Internal']),
    ...plain('attachable', args.attachable, there['Attachable']),
    ...plain('scope', args.scope, there['Scope']),
    ...differentEntries('labels', args.labels, mapOf(there['Labels'])),
  ];
}

function plain(name: string, wanted: string | boolean | undefined, there: Data | undefined): ValueRow[] {
  const before = there ?? (typeof wanted === 'boolean' ? false : '');
  return wanted === undefined || wanted === before ? [] : [{ name, before, after: wanted }];
}

type IpamConfig = NonNullable<NetworkArgs['ipam_config']>[number];

/** Against the range that is likest it: the same subnet, else the one at the same place. */
function ranges(wanted: IpamConfig, index: number, there: readonly DataMap[]): ValueRow[] {
  const same = there.find((one) => canonical(textOf(one['Subnet'])) === canonical(wanted.subnet ?? ''));
  const now = same ?? there[index] ?? {};
  const name = (key: string): string => `ipam_config[${index}].${key}`;
  const row = (key: keyof IpamConfig, theirs: string): ValueRow[] => {
    const [before, after] = [textOf(now[theirs]), wanted[key]];
    if (typeof after !== 'string' || canonical(after) === canonical(before)) return [];
    return [{ name: name(key), before: before === '' ? 'absent' : before, after }];
  };
  return [
    ...row('subnet', 'Subnet'),
    ...row('iprange', 'IPRange'),
    // Docker writes a gateway with or without the length of its range.
    ...row('gateway', 'Gateway').filter(({ before }) => textOf(before).split('/')[0] !== wanted.gateway),
    ...differentEntries(name('aux_addresses'), wanted.aux_addresses, mapOf(now['AuxiliaryAddresses'])),
  ];
}

function canonical(range: string): string {
  return range.toLowerCase();
}

function listOf(value: Data | undefined): readonly DataMap[] {
  return Array.isArray(value) ? (value as readonly Data[]).filter((one) => isDataMap(one)) : [];
}
