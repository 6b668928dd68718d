/** What iproute2 prints of an interface, in the form of one line each (`ip -o`). */
export interface Link {
  readonly name: string;
  readonly up: boolean;
  readonly promisc: boolean;
  readonly mtu: number;
  /** `ether`, `loopback`, … */
  readonly type: string;
  readonly mac: string | undefined;
}

export interface Address {
  readonly device: string;
  readonly version: 4 | 6;
  readonly address: string;
  readonly prefix: number;
  readonly broadcast: string | undefined;
  /** `global`, `link`, `host`, … */
  readonly scope: string;
  /** The old kind of name of a second address: `eth0:1`. */
  readonly label: string | undefined;
}

/** A line of the routing table. */
export type Route = Readonly<
  Record<'destination', string> & Record<'device' | 'gateway', string | null> & Record<'metric', number>
>;

/** How one address is reached. */
export interface Way {
  readonly device: string;
  readonly gateway: string | undefined;
  readonly source: string | undefined;
}

/** `2: eth0@if3: <BROADCAST,UP> mtu 1500 … \    link/ether 02:… brd …` */
export function readLinks(text: string): readonly Link[] {
  return linesOf(text).flatMap((line) => {
    const [, name, flags = '', rest = ''] = /^\d+: ([^:@\s]+)(?:@[^:\s]+)?: <([^>]*)>(.*)$/.exec(line) ?? [];
    if (name === undefined) return [];
    const [, type = 'unknown', mac] = /link\/(\S+)(?: ([0-9a-f]{2}(?::[0-9a-f]{2})+))?/.exec(rest) ?? [];
    const set = new Set(flags.split(','));
    return [
      {
        name,
        up: set.has('UP'),
        promisc: set.has('PROMISC'),
        mtu: Number(after('mtu', rest) ?? 0),
        type,
        mac: type === 'loopback' ? undefined : mac,
      },
    ];
  });
}

/** `2: eth0    inet 10.0.0.2/24 brd 10.0.0.255 scope global eth0\ …` */
export function readAddresses(text: string): readonly Address[] {
  return linesOf(text).flatMap((line) => {
    const [, device, family, rest = ''] = /^\d+: (\S+)\s+(inet6?) (.*)$/.exec(line) ?? [];
    const [first = '', ...words] = (rest.split('\\')[0] ?? '').trim().split(/\s+/);
    if (device === undefined) return [];
    const version = family === 'inet' ? 4 : 6;
    const all = words.join(' ');
    // Of a tunnel's two ends the length of the network stands with the far one.
    const peer = after('peer', all)?.split('/')[1];
    const [address = first, prefix = peer] = first.split('/');
    const label =
      version === 4 && /^[a-z]/i.test(words.at(-1) ?? '') && words.at(-2) !== 'scope'
        ? words.at(-1)
        : undefined;
    return [
      {
        device,
        version,
        address,
        prefix: Number(prefix ?? (version === 4 ? 32 : 128)),
        broadcast: after('brd', all),
        scope: after('scope', all) ?? 'global',
        label,
      } as const,
    ];
  });
}

/** The answer to `ip route get ADDRESS`. */
export function readRoute(text: string, to: string): Way | undefined {
  const lines = linesOf(text).filter((line) => line.startsWith(`${to} `));
  const line = lines.find((one) => one.includes(' src ')) ?? lines[0];
  const device = line === undefined ? undefined : after('dev', line);
  if (line === undefined || device === undefined) return undefined;
  return { device, gateway: after('via', line), source: after('src', line) };
}

/** The main routing table for IPv4, without the answer about the address that was asked for. */
export function readRoutes(text: string, asked: string): readonly Route[] {
  return linesOf(text).flatMap((line) => {
    const [, destination] = /^(default|\d+(?:\.\d+){3}(?:\/\d+)?)(?: |$)/.exec(line) ?? [];
    if (destination === undefined || destination === asked) return [];
    const metric = Number(after('metric', line) ?? 0);
    return [{ destination, device: after('dev', line) ?? null, gateway: after('via', line) ?? null, metric }];
  });
}

function after(word: string, text: string): string | undefined {
  return new RegExp(`(?:^|\\s)${word} (\\S+)`).exec(text)?.[1];
}

function linesOf(text: string): readonly string[] {
  return text.split('\n');
}
