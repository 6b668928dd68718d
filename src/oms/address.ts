import { isIP } from 'node:net';

const HOST_NAME =
  /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/;

/** What stands at `[http://]host:port[/]`; undefined members were not there. */
export interface HostPort {
  readonly scheme: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
}

/** Takes an address apart; undefined: it has not that form. IPv6 stands in brackets. */
export function splitHostPort(text: string): HostPort | undefined {
  const found = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?(?:\[([^\]]+)\]|([^:/[\]]+))(?::(\d{1,5}))?\/?$/.exec(
    text,
  );
  const host = found?.[2] ?? found?.[3];
  if (!found || host === undefined) return undefined;
  if (!(found[2] === undefined ? isHost(host) : isIP(host) === 6)) return undefined;
  const port = found[4] === undefined ? undefined : Number(found[4]);
  if (port !== undefined && (port < 1 || port > 65535)) return undefined;
  return { scheme: found[1]?.toLowerCase(), host, port };
}

/** True for an IP address of either kind. */
export function isAddress(text: string): boolean {
  return isIP(text) !== 0;
}

/** True for an IP address or a host name; 10.0.0.256 is neither. */
export function isHost(text: string): boolean {
  return isAddress(text) || (HOST_NAME.test(text) && !/^[\d.]+$/.test(text));
}

/** True for what means "this machine" wherever it is used, and so no other one. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^::ffff:/, '');
  return (
    /^localhost(\.|$)/.test(name) || name === '::1' || name === '::' || /^(127\.|0\.0\.0\.0$)/.test(name)
  );
}
