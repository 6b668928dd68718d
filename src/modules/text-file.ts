import * as z from 'zod';
import type { NodeReader } from '../transport/node.ts';
import { requiredOf } from './aliases.ts';
import type { FoundFile, WantedFile } from './content.ts';
import { checkContent, contentArgs, contentMode, contentResultOf } from './content.ts';
import type { ContentResult } from './content.ts';
import type { Check } from './define.ts';
import { ModuleError } from './define.ts';
import { look, refuseRelative } from './destination.ts';
import { textOfBytes } from './source.ts';

const { force: _, ...fileArgs } = contentArgs;

/** The path of a file that is edited, under all its names. */
export const editedPath = {
  path: z
    .string()
    .optional()
    .describe('Absolute path of the file. Required, as path, dest, destfile or name.')
    .meta({ absolute: true }),
  dest: z.string().optional().describe('Another name of path.'),
  destfile: z.string().optional().describe('Another name of path.'),
  name: z.string().optional().describe('Another name of path.'),
};

/** Arguments of every module that edits a file of the node. */
export const editedFileArgs = { mode: contentMode, ...fileArgs };

type Named = { readonly [name in keyof typeof editedPath]?: string | undefined };

/** The one that is given. */
export function editedPathOf({ path, dest, destfile, name }: Named): string {
  const given = requiredOf({ path, dest, destfile, name });
  refuseRelative(given);
  return given;
}

/** A text that is to be in a file in place of the one that is there. */
export interface TextEdit extends Omit<WantedFile, 'source' | 'force'> {
  readonly path: string;
  /** A file that is not there is made; `fine`: it need not be there. */
  readonly missing: 'make' | 'fine' | 'refuse';
  /**
   * `as`: an argument in the form that the text has here, since a file that is no UTF-8 is edited byte for byte, so
   * that it keeps what is not touched.
   */
  readonly edit: (text: string, as: (argument: string) => string) => string;
}

/** Compares the file with what the edit makes of it. Throws ModuleError. */
export async function checkEdit(
  node: NodeReader,
  { path, missing, edit, ...rest }: TextEdit,
): Promise<Check<ContentResult, FoundFile>> {
  const [place, bytes] = await Promise.all([look(node, path, true), node.readFile(path)]);
  if (bytes === undefined && missing === 'fine') return { changes: [], result: { dest: path } };
  if (bytes === undefined && missing === 'refuse') {
    throw new ModuleError({
      message: `there is no file ${path} on ${node.name}`,
      hint: 'Is the path right? A task before, or create where the module has it, makes the file.',
    });
  }
  const source = { bytes: edited(bytes ?? Buffer.alloc(0), edit) };
  const found = await checkContent(node, { ...rest, force: true, source }, place);
  return { changes: found.changes, result: contentResultOf(found, found.before, found.sha256), state: found };
}

function edited(bytes: Buffer, edit: TextEdit['edit']): Buffer {
  const text = textOfBytes(bytes);
  if (text !== undefined) return Buffer.from(edit(text, (argument) => argument));
  const as = (argument: string): string => Buffer.from(argument).toString('latin1');
  return Buffer.from(edit(bytes.toString('latin1'), as), 'latin1');
}
