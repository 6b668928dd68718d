import type { SourceNode, SourceRange } from './source.ts';

/** One variable as the user wrote it; templates in it are rendered when it is used. */
export interface Variable {
  readonly value: SourceNode;
  readonly at: SourceRange;
}

/** Variables of one source, e.g. "group_vars/all.yml"; `label` is what `--explain` prints. */
export interface VarLayer {
  readonly label: string;
  readonly vars: ReadonlyMap<string, Variable>;
}

/** One machine (Ansible's host). `layers` hold its inventory variables, lowest precedence first. */
export interface Node {
  readonly name: string;
  readonly region: string;
  /** Where SSH goes; also what OMS knows the node by. The `ansible_host` variable overrides it for SSH. */
  readonly address: string;
  readonly groups: readonly string[];
  readonly layers: readonly VarLayer[];
  readonly at: SourceRange;
}

/** The outer unit of parallelism; also a group of that name. */
export interface Region {
  readonly name: string;
  /** Nodes worked on at once; undefined: no limit of its own. */
  readonly parallel: number | undefined;
  readonly nodes: readonly string[];
  readonly at: SourceRange;
}

export interface Inventory {
  /** Folder that `inventory_dir` names. */
  readonly dir: string;
  /** In the order they were written. */
  readonly regions: readonly Region[];
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly nodes: ReadonlyMap<string, Node>;
  /** What stands directly in each group, where groups are in groups as Ansible has it; undefined: no such tree. */
  readonly children?: ReadonlyMap<string, { readonly groups: string[]; readonly nodes: string[] }>;
}
