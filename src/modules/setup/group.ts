import type { DataMap } from '../../model/data.ts';
import type { Answer } from './answer.ts';

/** Facts that are found out together: what of the node has to be asked for them, and what the answer means. */
export interface FactGroup {
  /** As `gather_subset` calls it; Ansible's name where it has one. */
  readonly name: string;
  /** Names of its facts, without the `ansible_` in front. */
  readonly facts: readonly string[];
  /** Names of what Ansible has not: members of `oms_facts`. */
  readonly own?: readonly string[];
  /** It changes all the time, depends on who asks, or may hold secrets: never kept for later runs. */
  readonly fleeting?: true;
  /** Files of the node that are wanted whole; patterns of the shell are possible. */
  readonly files?: readonly string[];
  /** Files of which only the lines that match an extended regular expression are wanted. */
  readonly lines?: Readonly<Record<string, string>>;
  /** Paths of which it is to be known whether they are there; patterns are possible. */
  readonly paths?: readonly string[];
  /** Shell text that writes sections of its own, see script.ts. */
  readonly script?: string;
  /** The same, before the script sets anything. */
  readonly first?: string;
  /** A slow command that runs beside all the rest; what it prints becomes the section of that name. */
  readonly beside?: { readonly section: string; readonly command: string };
  /** What is not there gives no fact; it never throws. */
  read(answer: Answer, moment: Moment): Found;
}

/** When the controller asked and was answered, in milliseconds since 1970. */
export interface Moment {
  readonly asked: number;
  readonly answered: number;
}

/** What a group has found. */
export interface Found {
  readonly facts: DataMap;
  /** Members of `oms_facts`. */
  readonly own?: DataMap;
  readonly warnings?: readonly string[];
}
