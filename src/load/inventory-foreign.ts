import type { VarLayer } from '../model/inventory.ts';
import type { SourceRange } from '../model/source.ts';
import type { PlacedText } from './shape.ts';

/** What one file or script of Ansible's form says, in the order it says it; names are not compared yet. */
export interface GroupFile {
  readonly sections: readonly GroupSection[];
}

/** One mention of a group. */
export interface GroupSection {
  readonly group: string;
  readonly at: SourceRange;
  /** False: it only gives variables, so that another section must bring the group into being. */
  readonly declares: boolean;
  readonly hosts: readonly GroupHost[];
  readonly children: readonly PlacedText[];
  readonly vars: VarLayer | undefined;
  /** Set where the file itself says that the group is a region. */
  readonly region?: { readonly parallel: number | undefined };
}

/** One mention of a host, with the variables of this mention. */
export interface GroupHost {
  readonly name: string;
  readonly at: SourceRange;
  readonly vars: VarLayer | undefined;
  readonly address?: string | undefined;
}

/** A section that says nothing more than that the group is there. */
export function emptySection(group: string, at: SourceRange): GroupSection {
  return { group, at, declares: true, hosts: [], children: [], vars: undefined };
}

/** Hosts that one inventory may have altogether; ranges make many of a few characters. */
export const MOST_HOSTS = 100_000;
