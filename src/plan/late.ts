import type { Checked } from '../diagnostics/diagnostic.ts';
import type { DataMap } from '../model/data.ts';
import type { Include, Included } from '../model/playbook.ts';

/** Reads what only the run names; given by the caller, so that plan itself reads nothing. */
export interface LateReader {
  read(include: Include, args: DataMap): Promise<Checked<Included | undefined>>;
}
