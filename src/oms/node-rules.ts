import { problem } from '../diagnostics/diagnostic.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { isAddress, isHost, isLoopback } from './address.ts';
import { shown } from './region-view.ts';
import type { NodeView, RegionView } from './region-view.ts';

interface Placed extends NodeView {
  readonly region: string;
}

/** Nodes belong to one region, have addresses of their own, and those are what OMS knows them by. */
export function checkNodeAddresses(regions: readonly RegionView[]): Diagnostic[] {
  const nodes = regions.flatMap((region) => region.nodes.map((node) => ({ ...node, region: region.name })));
  return [
    ...regions.filter((region) => region.nodes.length === 0).map(noNodes),
    ...nodes.flatMap((node, i) => checkUnique(node, nodes.slice(0, i))),
    ...nodes.flatMap(checkAddress),
  ];
}

function noNodes(region: RegionView): Diagnostic {
  const detail = `Region ${region.name} has no nodes. OMS needs at least one in each region (cm_nodes).`;
  return problem('topology', region.at, 'region without nodes', detail);
}

function checkUnique(node: Placed, earlier: readonly Placed[]): Diagnostic[] {
  const named = earlier.find((other) => other.name === node.name);
  if (named) {
    const detail = `Node ${node.name} is in region ${node.region} and in ${named.region} (${shown(named.at)}). A node belongs to one region.`;
    return [problem('duplicate', node.at, 'node in two places', detail)];
  }
  const twin = earlier.find((other) => other.address === node.address);
  if (!twin) return [];
  const detail =
    `${node.address} is the address of node ${node.name} in ${node.region} and of ${twin.name} in ${twin.region} ` +
    `(${shown(twin.at)}). OMS knows a node by its address: it must differ.`;
  return [problem('duplicate', node.at, 'two nodes with one address', detail)];
}

function checkAddress(node: Placed): Diagnostic[] {
  const { address, name, at } = node;
  if (isLoopback(address)) {
    const detail = `Node ${name}: ${address} is each machine itself. Give the address that the other nodes reach it by (OMS_HOST_IP).`;
    return [problem('topology', at, 'loopback address of a node', detail)];
  }
  if (isAddress(address)) return [];
  if (!isHost(address)) {
    const detail = `Node ${name}: ${JSON.stringify(address)} is neither an IP address nor a host name.`;
    return [problem('bad-value', at, 'bad address of a node', detail)];
  }
  const detail = `Node ${name}: ${address} is a host name. OMS wants IP addresses in OMS_HOST_IP and cm_nodes; set \`address\` to the IP.`;
  return [{ code: 'topology', severity: 'warning', summary: 'host name as address of a node', detail, at }];
}
