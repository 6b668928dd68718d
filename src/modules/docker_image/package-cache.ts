import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { ModuleError } from '../define.ts';
import type { Package } from './package.ts';
import { packageSchema, readPackage } from './package.ts';

const MOST_ENTRIES = 50;
const fileSchema = z.object({ version: z.literal(1), packages: z.record(z.string(), packageSchema) });

/** Answers what a package holds. */
export type PackageReader = (path: string) => Promise<Package>;

/**
 * A reader that reads each package once: later runs take the answer from `cacheFile()`, and nodes that ask
 * at the same time share one reading. A file is known by path, size, inode and both its times.
 */
export function createPackageReader(cacheFile: () => string = defaultCacheFile): PackageReader {
  const reading = new Map<string, Promise<Package>>();
  return async (path) => {
    const key = await keyOf(path);
    const known = reading.get(key) ?? cachedOrRead(path, key, cacheFile());
    reading.set(key, known);
    known.catch(() => reading.delete(key));
    return known;
  };
}

async function cachedOrRead(path: string, key: string, file: string): Promise<Package> {
  const cached = (await load(file))[key];
  if (cached !== undefined) return cached;
  const found = await readPackage(path);
  if ((await keyOf(path)) !== key) {
    throw new ModuleError({
      message: `${path} changed while it was read`,
      hint: 'wait until it is there whole',
    });
  }
  await store(file, key, found);
  return found;
}

async function keyOf(path: string): Promise<string> {
  try {
    const { size, mtimeMs, ctimeMs, ino } = await stat(path);
    return [path, size, mtimeMs, ctimeMs, ino].join('|');
  } catch (error) {
    throw new ModuleError({ message: `the package ${path} cannot be read: ${(error as Error).message}` });
  }
}

async function load(file: string): Promise<Readonly<Record<string, Package>>> {
  try {
    return fileSchema.parse(JSON.parse(await readFile(file, 'utf8'))).packages;
  } catch {
    return {};
  }
}

/** A cache that cannot be written only costs time, so that is no error. */
async function store(file: string, key: string, found: Package): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const others = Object.entries(await load(file)).filter(([other]) => other !== key);
    const packages = Object.fromEntries([...others.slice(1 - MOST_ENTRIES), [key, found]]);
    await writeFile(temporary, JSON.stringify({ version: 1, packages }, undefined, 1), { mode: 0o600 });
    await rename(temporary, file);
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

function defaultCacheFile(): string {
  const configured = process.env['XDG_CACHE_HOME'];
  const base = configured === undefined || configured === '' ? join(homedir(), '.cache') : configured;
  return join(base, 'oms-play', 'packages.json');
}
