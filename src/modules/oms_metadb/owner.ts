import type { MetadbArgs } from './args.ts';
import type { Cluster } from './read.ts';

/** Every reason to think that the databases are another cluster's; none: they are new, or this cluster's own. */
export function strangeness(cluster: Cluster, given: MetadbArgs): readonly string[] {
  return [
    ...cluster.strangers.map((name) => `database ${name} holds tables that are not of OMS`),
    ...strangeRegions(cluster, given),
    ...strangeHosts(cluster, given),
  ];
}

function strangeRegions({ regions }: Cluster, given: MetadbArgs): string[] {
  const clashes = regions.flatMap((row) => {
    const other = given.regions.find(
      (one) => (one.location === row.location) !== (one.region === row.region),
    );
    if (!other) return [];
    return [
      `${given.rm_db}.cluster_info has region ${row.region} with code ${row.location}; here ${other.region} has ${other.location}`,
    ];
  });
  if (clashes.length > 0 || regions.length === 0) return clashes;
  // Regions beyond ours are no offence: the inventory may describe a part of the cluster.
  const ours = regions.some((row) => given.regions.some((one) => one.region === row.region));
  const names = regions.map((row) => row.region).join(', ');
  return ours ? [] : [`${given.rm_db}.cluster_info has regions ${names}, and none of this inventory`];
}

/** The same region names and codes are common; the addresses are not. */
function strangeHosts({ hosts }: Cluster, given: MetadbArgs): string[] {
  return given.regions.flatMap(({ region, location, nodes }) => {
    const there = hosts.filter((host) => host.location === String(location)).map((host) => host.ip);
    if (there.length === 0 || nodes.length === 0 || there.some((ip) => nodes.includes(ip))) return [];
    return [
      `${given.cm_db}.host has ${there.join(', ')} in region ${region} (${location}), and none of its nodes ${nodes.join(', ')}`,
    ];
  });
}
