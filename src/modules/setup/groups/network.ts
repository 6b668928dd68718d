import type { Data, DataMap } from '../../../model/data.ts';
import type { Answer } from '../answer.ts';
import type { FactGroup } from '../group.ts';
import { readAddresses, readLinks, readRoute, readRoutes, type Address, type Link } from './ip.ts';

const CLASS = '/sys/class/net';
/** As Ansible asks: only the kernel is asked for the way, nothing is sent. */
const [FAR_4, FAR_6] = ['8.8.8.8', '2404:6800:400a:800::1012'];

/** iproute2 takes all questions in one process; that of busybox does not know how. */
const SCRIPT = `s ip;k4=${FAR_4} k6=${FAR_6}
o=$(printf 'link show\\naddr show\\nroute show\\nroute get %s\\nroute get %s\\n' $k4 $k6|ip -o -force -b - 2>/dev/null)
[ "$o" ]||o=$({ ip -o link;ip -o addr;ip route;ip route get $k4;ip -6 route get $k6;} 2>/dev/null)
printf '%s\\n' "$o"`;

/** Interfaces, addresses and routes. */
export const network: FactGroup = {
  name: 'network',
  facts: ['interfaces', 'all_ipv4_addresses', 'all_ipv6_addresses', 'default_ipv4', 'default_ipv6'],
  own: ['routes'],
  paths: [`${CLASS}/*/bridge`, `${CLASS}/*/bonding`],
  script: SCRIPT,
  read: (answer) => {
    const text = (answer.section('ip') ?? '').trim();
    if (text === '') return { facts: {} };
    const links = readLinks(text);
    const addresses = readAddresses(text);
    // Whatever an interface is called, it never takes the place of another fact.
    const facts = {
      ...Object.fromEntries(
        links.map((link) => [variableName(link.name), interfaceOf(link, addresses, answer)]),
      ),
      interfaces: links.map(({ name }) => name),
      all_ipv4_addresses: reachable(addresses, 4),
      all_ipv6_addresses: reachable(addresses, 6),
      default_ipv4: defaultOf(text, 4, links, addresses),
      default_ipv6: defaultOf(text, 6, links, addresses),
    };
    return { facts, own: { routes: readRoutes(text, FAR_4) } };
  },
};

/** How an interface is called as a variable: `ansible_br_lan` for br-lan. */
function variableName(name: string): string {
  return name.replaceAll('-', '_');
}

function reachable(addresses: readonly Address[], version: 4 | 6): readonly string[] {
  return addresses.filter((a) => a.version === version && a.scope !== 'host').map((a) => a.address);
}

function interfaceOf(link: Link, addresses: readonly Address[], answer: Answer): DataMap {
  const own = addresses.filter((address) => address.device === link.name);
  const [first, ...others] = own.filter(({ version }) => version === 4).map(ipv4Of);
  const ipv6 = own.filter(({ version }) => version === 6);
  const kind = answer.has(`${CLASS}/${link.name}/bridge`) ? 'bridge' : answer.has(`${CLASS}/${link.name}/bonding`) ? 'bonding' : link.type; // prettier-ignore
  return {
    device: link.name,
    active: link.up,
    promisc: link.promisc,
    mtu: link.mtu,
    type: kind,
    ...(link.mac === undefined ? {} : { macaddress: link.mac }),
    ...(first === undefined ? {} : { ipv4: first }),
    ...(others.length === 0 ? {} : { ipv4_secondaries: others }),
    ...(ipv6.length === 0
      ? {}
      : { ipv6: ipv6.map(({ address, prefix, scope }) => ({ address, prefix: String(prefix), scope })) }),
  };
}

function ipv4Of({ address, prefix, broadcast }: Address): DataMap {
  const mask = prefix === 0 ? 0 : (-1 << (32 - prefix)) >>> 0;
  const network = (numberOf(address) & mask) >>> 0;
  return {
    address,
    broadcast: broadcast ?? '',
    netmask: dotted(mask),
    network: dotted(network),
    prefix: String(prefix),
  };
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function dotted(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
}

/** The address and interface that what goes far away leaves by; empty where there is no such way. */
function defaultOf(
  text: string,
  version: 4 | 6,
  links: readonly Link[],
  addresses: readonly Address[],
): Data {
  const route = readRoute(text, version === 4 ? FAR_4 : FAR_6);
  const link = links.find(({ name }) => name === route?.device);
  if (route === undefined || link === undefined) return {};
  const source = addresses.find((a) => a.device === link.name && a.address === route.source);
  return {
    interface: link.name,
    ...(route.gateway === undefined ? {} : { gateway: route.gateway }),
    ...(route.source === undefined ? {} : { address: route.source }),
    ...(source === undefined ? {} : version === 4 ? ipv4Of(source) : ipv6Of(source)),
    ...(link.mac === undefined ? {} : { macaddress: link.mac }),
    ...(version === 4 ? { alias: source?.label ?? link.name } : {}),
    mtu: link.mtu,
    type: link.type,
  };
}

function ipv6Of({ prefix, scope }: Address): DataMap {
  return { prefix: String(prefix), scope };
}
