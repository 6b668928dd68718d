import { createHmac, randomBytes } from 'node:crypto';
import { ModuleError } from '../define.ts';

/** A line of known_hosts that names a key. */
interface Entry {
  readonly marker: string | undefined;
  readonly hosts: readonly string[];
  readonly type: string;
  readonly blob: string;
  readonly rest: string;
}

export interface HostEdit {
  /** Lower case; [name]:port where the port is another than 22. */
  readonly name: string;
  /** What `key` says; none for absent: all keys of the host are meant. */
  readonly keys: readonly HostKey[];
  readonly state: 'present' | 'absent';
  readonly hashed: boolean;
}

/** A host key without its host. */
export type HostKey = Pick<Entry, 'type' | 'blob' | 'rest'>;

/** The keys that a text holds, each in a line that begins with the host. Throws ModuleError for anything else. */
export function hostKeysOf(text: string, name: string): readonly HostKey[] {
  const lines = text.split(/\r?\n/).filter((line) => !/^\s*(#|$)/.test(line));
  return lines.map((line) => {
    const entry = readEntry(line);
    if (entry === undefined) {
      throw new ModuleError({
        message: `no host key: ${line.trim().slice(0, 40)}`,
        hint: `Begin it with the host, as ssh-keyscan prints it: ${name} ssh-ed25519 AAAA…`,
      });
    }
    if (!namesHost(entry, name)) {
      throw new ModuleError({
        message: `the key is one of ${entry.hosts.join(',')}, not of ${name}`,
        hint: 'name must be among the hosts at the beginning of key.',
      });
    }
    return { type: entry.type, blob: entry.blob, rest: entry.rest };
  });
}

/** The file with the host's keys in it, or without them. */
export function editedHosts(text: string, edit: HostEdit): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const there = new Set<string>();
  const after = lines.flatMap((line) => {
    const entry = readEntry(line);
    // Lines with a marker say something else about a host: @revoked, @cert-authority.
    if (entry === undefined || entry.marker !== undefined || !namesHost(entry, edit.name)) return [line];
    if (edit.state === 'absent') return removes(edit, entry) ? without(entry, edit.name) : [line];
    const same = edit.keys.some((key) => key.type === entry.type && key.blob === entry.blob);
    if (same && isHashed(entry) === edit.hashed && !there.has(entry.blob)) {
      there.add(entry.blob);
      return [line];
    }
    // A host has one key of each type.
    return edit.keys.some((key) => key.type === entry.type) ? without(entry, edit.name) : [line];
  });
  const missing = edit.state === 'absent' ? [] : edit.keys.filter((key) => !there.has(key.blob));
  const all = [...after, ...missing.map((key) => lineOf([hostWord(edit)], key))];
  if (all.length === lines.length && all.every((line, i) => line === lines[i])) return text;
  return all.length === 0 ? '' : `${all.join('\n')}\n`;
}

function readEntry(line: string): Entry | undefined {
  const words = line.trim().split(/\s+/);
  const marker = words[0]?.startsWith('@') === true ? words.shift() : undefined;
  const [hosts = '', type = '', blob = '', ...rest] = words;
  if (hosts === '' || hosts.startsWith('#') || !/^[A-Za-z0-9+/]+={0,2}$/.test(blob) || !/-/.test(type))
    return undefined;
  return { marker, hosts: hosts.split(','), type, blob, rest: rest.join(' ') };
}

function namesHost({ hosts }: Entry, name: string): boolean {
  return hosts.some((host) => host.toLowerCase() === name || matchesHash(host, name));
}

function matchesHash(host: string, name: string): boolean {
  const [, salt, hash] = /^\|1\|([^|]+)\|([^|]+)$/.exec(host) ?? [];
  if (salt === undefined || hash === undefined) return false;
  return hashOf(Buffer.from(salt, 'base64'), name) === hash;
}

function isHashed({ hosts }: Entry): boolean {
  return hosts[0]?.startsWith('|1|') === true;
}

function hashOf(salt: Buffer, name: string): string {
  return createHmac('sha1', salt).update(name).digest('base64');
}

function hostWord({ name, hashed }: HostEdit): string {
  if (!hashed) return name;
  const salt = randomBytes(20);
  return `|1|${salt.toString('base64')}|${hashOf(salt, name)}`;
}

function removes({ keys }: HostEdit, entry: Entry): boolean {
  return keys.length === 0 || keys.some((key) => key.type === entry.type && key.blob === entry.blob);
}

/** Other names in the line keep their key. */
function without(entry: Entry, name: string): string[] {
  const others = entry.hosts.filter((host) => host.toLowerCase() !== name && !matchesHash(host, name));
  return others.length === 0 ? [] : [lineOf(others, entry)];
}

function lineOf(hosts: readonly string[], { type, blob, rest }: HostKey): string {
  return [hosts.join(','), type, blob, rest].filter((word) => word !== '').join(' ');
}
