import { createHash, createHmac } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** One line of a known_hosts file. */
export interface KnownKey {
  readonly file: string;
  readonly line: number;
  readonly marker: 'revoked' | undefined;
  readonly type: string;
  /** The key's blob in base64. */
  readonly key: string;
}

interface Entry extends KnownKey {
  readonly hosts: string;
}

/** What is known of one host. */
export interface KnownHost {
  readonly keys: readonly KnownKey[];
  readonly revoked: readonly KnownKey[];
  /** Of the same host without the port: good when equal, no proof of a change when not. */
  readonly otherPort: readonly KnownKey[];
}

export type HostKeyVerdict =
  { readonly is: 'known' | 'unknown' } | { readonly is: 'changed' | 'revoked'; readonly entry: KnownKey };

/** Reads known_hosts files, each once, and adds to them. */
export class KnownHosts {
  readonly #files = new Map<string, Promise<Entry[]>>();
  #adding: Promise<void> = Promise.resolve();

  /** All that the files say of `host`; a file that does not exist says nothing. */
  async find(files: readonly string[], host: string, port: number): Promise<KnownHost> {
    const all = (await Promise.all(files.map((file) => this.#entries(file)))).flat();
    const name = hostName(host, port);
    const matching = all.filter((entry) => matchesHosts(entry.hosts, name));
    const plain = port === 22 ? [] : all.filter((entry) => matchesHosts(entry.hosts, hostName(host, 22)));
    return {
      keys: matching.filter((entry) => entry.marker === undefined),
      revoked: [...matching, ...plain].filter((entry) => entry.marker === 'revoked'),
      otherPort: plain.filter((entry) => entry.marker === undefined),
    };
  }

  /** Appends a key, one line in one write, so that several at once do not mix. Made for the owner only. */
  add(file: string, host: string, port: number, key: Buffer): Promise<void> {
    const turn = this.#adding.then(() => this.#append(file, host, port, key));
    this.#adding = turn.catch(() => undefined);
    return turn;
  }

  async #append(file: string, host: string, port: number, key: Buffer): Promise<void> {
    const entries = await this.#entries(file);
    const name = hostName(host, port);
    const [type, blob] = [keyType(key), key.toString('base64')];
    if (entries.some((entry) => entry.key === blob && matchesHosts(entry.hosts, name))) return;
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const text = await readFile(file, 'utf8').catch(() => '');
    const newline = text === '' || text.endsWith('\n') ? '' : '\n';
    await appendFile(file, `${newline}${name} ${type} ${blob}\n`, { mode: 0o600 });
    const line = text.split('\n').length + newline.length;
    entries.push({ file, line, marker: undefined, type, key: blob, hosts: name });
  }

  #entries(file: string): Promise<Entry[]> {
    const known = this.#files.get(file);
    if (known !== undefined) return known;
    const reading = readFile(file, 'utf8').then(
      (text) => parseKnownHosts(text, file),
      () => [],
    );
    this.#files.set(file, reading);
    return reading;
  }
}

/** Judges the key that a server showed. */
export function judge(known: KnownHost, key: Buffer): HostKeyVerdict {
  const blob = key.toString('base64');
  const revoked = known.revoked.find((entry) => entry.key === blob);
  if (revoked !== undefined) return { is: 'revoked', entry: revoked };
  if ([...known.keys, ...known.otherPort].some((entry) => entry.key === blob)) return { is: 'known' };
  const type = keyType(key);
  const old = known.keys.find((entry) => entry.type === type) ?? known.keys[0];
  return old === undefined ? { is: 'unknown' } : { is: 'changed', entry: old };
}

/** `SHA256:…` as OpenSSH prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The type that a key's blob names itself. */
export function keyType(key: Buffer): string {
  return key.toString('latin1', 4, 4 + key.readUInt32BE(0));
}

/** The lines that can be used. `@cert-authority` is left out: certificates are not supported. */
function parseKnownHosts(text: string, file: string): Entry[] {
  const entries: Entry[] = [];
  text.split('\n').forEach((raw, index) => {
    const words = raw.trim().split(/\s+/);
    if (words[0] === '' || words[0]?.startsWith('#') === true) return;
    const marker = words[0]?.startsWith('@') === true ? words.shift() : undefined;
    const [hosts, type, key] = words;
    if (hosts === undefined || type === undefined || key === undefined) return;
    if (marker !== undefined && marker !== '@revoked') return;
    entries.push({
      file,
      line: index + 1,
      marker: marker === undefined ? undefined : 'revoked',
      type,
      key,
      hosts,
    });
  });
  return entries;
}

function hostName(host: string, port: number): string {
  const lower = host.toLowerCase();
  return port === 22 ? lower : `[${lower}]:${port}`;
}

function matchesHosts(hosts: string, name: string): boolean {
  if (hosts.startsWith('|1|')) return matchesHash(hosts, name);
  if (hosts === name) return true;
  let matches = false;
  for (const pattern of hosts.toLowerCase().split(',')) {
    if (pattern.startsWith('!')) {
      if (matchesPattern(pattern.slice(1), name)) return false;
    } else if (matchesPattern(pattern, name)) matches = true;
  }
  return matches;
}

function matchesPattern(pattern: string, name: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === name;
  const parts = pattern.replace(/\*+/g, '*').replace(/[\\^$.+()[\]{}|]/g, '\\$&');
  return new RegExp(`^${parts.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(name);
}

function matchesHash(hosts: string, name: string): boolean {
  const [, , salt = '', hash = ''] = hosts.split('|');
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}
