import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { drawAll } from '../diagnostics/draw.ts';
import type { Masker } from '../model/masker.ts';
import { wantsColor, type Io } from './io.ts';

/** Prints all problems on stderr, with their source lines and without secrets. */
export function showProblems(
  found: {
    readonly problems: readonly Diagnostic[];
    readonly texts: ReadonlyMap<string, string>;
    readonly masker: Pick<Masker, 'mask'>;
  },
  io: Io,
): void {
  if (found.problems.length === 0) return;
  const width = io.stderr.isTerminal ? io.stderr.columns : undefined;
  const style = {
    color: wantsColor(io.stderr, io.env),
    ...(width === undefined ? {} : { width: width - 8 }),
  };
  io.stderr.write(`${found.masker.mask(drawAll(found.problems, found.texts, style))}\n`);
}
