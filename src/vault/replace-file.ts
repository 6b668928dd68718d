import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  linkSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Puts a text in the place of a file's, wholly or not at all; mode and owner stay, `mode` narrows the former. */
export function replaceFile(path: string, text: string, mode = 0o7777): void {
  // A link stays one: what it points to is replaced.
  const target = realpathSync(path);
  const old = statSync(target);
  writeBeside(target, text, (file, temporary) => {
    if (process.getuid?.() !== old.uid || process.getgid?.() !== old.gid) fchownSync(file, old.uid, old.gid);
    fchmodSync(file, old.mode & 0o7777 & mode);
    fsyncSync(file);
    renameSync(temporary, target);
  });
}

/** A new file of mode 0600; throws EEXIST where there is one. */
export function createFile(path: string, text: string): void {
  writeBeside(path, text, (file, temporary) => {
    fsyncSync(file);
    linkSync(temporary, path);
    unlinkSync(temporary);
  });
}

function writeBeside(path: string, text: string, finish: (file: number, temporary: string) => void): void {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  const file = openSync(temporary, 'wx', 0o600);
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    finish(file, temporary);
  } catch (error) {
    unlinkSync(temporary);
    throw error;
  } finally {
    closeSync(file);
  }
}
