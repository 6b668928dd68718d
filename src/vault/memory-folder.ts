import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';

const TMPFS = 0x0102_1994;
const RAMFS = 0x8584_58f6;
const PREFIX = 'oms-play-vault-';

/** A text in a file that is in memory only, for an editor; gone at the latest when the process ends. */
export interface MemoryFile {
  readonly path: string;
  /** Throws where it is gone or no text in UTF-8. */
  read(): string;
  remove(): void;
  /** From now on the file outlives the process: the text is nowhere else. */
  keep(): void;
}

/** The first folder that is kept in memory; undefined: there is none. */
export function memoryFolder(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const folders = [env['XDG_RUNTIME_DIR'] ?? '', '/dev/shm', '/run/shm'];
  return folders.find((folder) => folder.startsWith('/') && isInMemory(folder));
}

/** Writes a text to a file of mode 0600 in a folder of mode 0700 of its own; the file is called as `name` is. */
export function memoryFile(folder: string, name: string, text: string): MemoryFile {
  sweep(folder);
  const own = mkdtempSync(join(folder, `${PREFIX}${process.pid}-`));
  const remove = (): void => rmSync(own, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    chmodSync(own, 0o700);
    const path = join(own, basename(name));
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
    return {
      path,
      read: () => new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)),
      remove: () => {
        process.removeListener('exit', remove);
        remove();
      },
      keep: () => void process.removeListener('exit', remove),
    };
  } catch (error) {
    remove();
    throw error;
  }
}

function isInMemory(folder: string): boolean {
  try {
    // Some systems give the 32 bits with a sign.
    const type = Number(statfsSync(folder).type) >>> 0;
    return type === TMPFS || type === RAMFS;
  } catch {
    return false;
  }
}

/** Removes what a process that was killed outright has left. */
function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || lives(Number(pid))) continue;
    try {
      rmSync(join(folder, name), { recursive: true, force: true });
    } catch {
      // Another user's.
    }
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
