import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { sealAge, type AgeTarget } from '../vault/age.ts';
import { memoryFile, memoryFolder, type MemoryFile } from '../vault/memory-folder.ts';
import { createFile, replaceFile } from '../vault/replace-file.ts';
import type { VaultEditOptions } from './command-options.ts';
import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';
import { runEditor } from './vault-editor.ts';
import { chosenTarget } from './vault-encrypt.ts';
import { fileReason, openVaultFiles, readEncrypted, vaultKeys } from './vault-session.ts';
import { keysOfLabel, readRecipients, sameTarget } from './vault-target.ts';

/** What is edited, and what becomes of it. */
interface Editing {
  readonly shown: string;
  readonly plain: string;
  readonly target: AgeTarget;
  /** Writes the new encrypted text; throws where it cannot. */
  readonly write: (sealed: string) => void;
}

/** `oms-play vault create` and `edit`: the plain text is nowhere but in memory. */
export async function editVault(
  what: 'create' | 'edit',
  name: string,
  options: VaultEditOptions,
  io: Io,
): Promise<number> {
  const folder = workingFolder(options.tempDir, io);
  const editing = what === 'create' ? await newFile(name, options, io) : await oldFile(name, options, io);
  const file = memoryFile(folder, name, editing.plain);
  try {
    await runEditor(file.path, io);
    return await finish(file, editing, io);
  } finally {
    file.remove();
  }
}

function workingFolder(given: string | undefined, io: Io): string {
  const folder = given === undefined ? memoryFolder(io.env) : resolve(io.cwd, given);
  if (folder === undefined) {
    throw new UsageError(
      'there is no folder in memory for the editor to work in ($XDG_RUNTIME_DIR, /dev/shm): --temp-dir FOLDER uses one on a disk, where traces of the text may stay',
    );
  }
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return folder;
  throw new UsageError(`--temp-dir: there is no folder ${given}`);
}

async function newFile(name: string, options: VaultEditOptions, io: Io): Promise<Editing> {
  const path = resolve(io.cwd, name);
  if (existsSync(path)) throw new UsageError(`${name} is there already; "oms-play vault edit" changes it`);
  mustBeWritable(dirname(path), name);
  const target = await chosenTarget(options, io);
  return { shown: name, plain: '', target, write: (sealed) => createFile(path, sealed) };
}

async function oldFile(name: string, options: VaultEditOptions, io: Io): Promise<Editing> {
  const files = readEncrypted([name], io);
  const recipients = await readRecipients(options.recipient, io);
  const [opened] = await openVaultFiles(files, await vaultKeys(options, io, 'open'));
  if (opened === undefined) throw new UsageError(`${name} cannot be read`);
  mustBeWritable(dirname(opened.path), name);
  const keys = keysOfLabel(opened.keys, options.encryptVaultId);
  const target = await sameTarget({ ...opened, keys }, recipients);
  const bytes = readFileSync(opened.path);
  const write = (sealed: string): void => {
    if (!readFileSync(opened.path).equals(bytes)) {
      throw new UsageError('somebody else has changed it meanwhile');
    }
    replaceFile(opened.path, sealed);
  };
  return { shown: name, plain: opened.plain, target, write };
}

async function finish(file: MemoryFile, editing: Editing, io: Io): Promise<number> {
  const { shown, plain, target, write } = editing;
  try {
    const text = file.read();
    if (text === plain) {
      io.stderr.write(
        text === '' ? `nothing was written; ${shown} is not made\n` : `${shown} is unchanged\n`,
      );
      return text === '' ? 1 : 0;
    }
    write(await sealAge(text, target));
  } catch (error) {
    file.keep();
    throw new UsageError(
      `${shown} cannot be written: ${fileReason(error)}. Your text is still in ${file.path}, in clear: take it and remove the file`,
    );
  }
  io.stderr.write(`${shown} is written, encrypted\n`);
  return 0;
}

/** Told before the user has typed anything. */
function mustBeWritable(folder: string, name: string): void {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new UsageError(`${name} cannot be written: ${folder}: ${fileReason(error)}`);
  }
}
