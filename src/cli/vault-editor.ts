import { spawn, type ChildProcess } from 'node:child_process';
import { basename } from 'node:path';
import { InterruptedError, type Io } from './io.ts';
import { UsageError } from './usage-error.ts';
import { splitWords } from './words.ts';

/** What keeps vim from leaving parts of the text in its swap, backup, undo and info files. */
const VIM = ['-n', '-i', 'NONE', '-c', 'set nobackup nowritebackup noundofile'];

/** Lets the user edit a file; resolves when the editor has ended well. */
export async function runEditor(file: string, io: Io): Promise<void> {
  const [program = 'vi', ...args] = editorWords(io.env);
  const quiet = ['vim', 'nvim'].includes(basename(program)) ? VIM : [];
  let child: ChildProcess | undefined;
  let ended = false;
  const end = (): void => {
    ended = true;
    child?.kill('SIGTERM');
  };
  // Ctrl-C is the editor's; who ends us from elsewhere, or closes the terminal, ends the editor too. Before it is
  // started: it may be there with the text before spawn has come back.
  const stopListening = io.onInterrupt(() => undefined);
  process.on('SIGTERM', end);
  process.on('SIGHUP', end);
  try {
    const editor = spawn(program, [...args, ...quiet, file], {
      stdio: 'inherit',
      cwd: io.cwd,
      env: { ...io.env },
    });
    child = editor;
    const how = await new Promise<number | string>((resolve, reject) => {
      editor.on('error', reject);
      editor.on('close', (code, signal) => resolve(code ?? signal ?? 'a signal'));
    });
    if (ended) throw new InterruptedError('interrupted');
    if (how !== 0) {
      const words = typeof how === 'number' ? `exit code ${how}` : how;
      throw new UsageError(`the editor ended with ${words}; nothing was changed`);
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    throw new UsageError(`the editor "${program}" cannot be started (${code}): set $VISUAL or $EDITOR`);
  } finally {
    stopListening();
    process.removeListener('SIGTERM', end);
    process.removeListener('SIGHUP', end);
  }
}

/** Words as in a shell, but no shell: `code --wait`. */
function editorWords(env: Io['env']): readonly string[] {
  const given =
    [env['VISUAL'], env['EDITOR']].find((text) => text !== undefined && text.trim() !== '') ?? 'vi';
  const words = splitWords(given);
  if (typeof words === 'string') throw new UsageError(`$VISUAL or $EDITOR: ${words}`);
  return words.map(({ text }) => text);
}
