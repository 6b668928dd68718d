import type { DataMap } from './data.ts';
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
  /** The run chooses one of several files; `vars` holds those of all of them. */
  readonly choice?: FileChoice;
}

/** Files of variables that templates name. */
export interface FileChoice {
  /** In the order they are tried. */
  readonly names: readonly SourceNode[];
  /** What the names are relative to. */
  readonly dir: string;
  /** What is there, by absolute path. */
  readonly files: ReadonlyMap<string, VarLayer>;
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

/** So many nodes at once, over all regions, where a task or a block names it in `limit`. */
export interface NamedLimit {
  readonly name: string;
  readonly places: number;
  readonly at: SourceRange;
}

/** What a task adds while the run is on: a node, or groups that a node is in from then on. */
export interface InventoryAddition {
  readonly node: string;
  /** undefined: where it is; for a new node the region of the node that adds it. */
  readonly region?: string;
  /** Where SSH goes, for a new node; undefined: its name. */
  readonly address?: string;
  readonly groups: readonly string[];
  readonly vars: DataMap;
}

export interface Inventory {
  /** Folder that `inventory_dir` names. */
  readonly dir: string;
  /** In the order they were written. */
  readonly regions: readonly Region[];
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly nodes: ReadonlyMap<string, Node>;
  /** What group variables each group has, those of groups without nodes too; undefined: not known. */
  readonly groupLayers?: ReadonlyMap<string, readonly VarLayer[]>;
  /** For every play; its own come on top. undefined: none. */
  readonly limits?: readonly NamedLimit[];
  /** What stands directly in each group, where groups are in groups as Ansible has it; undefined: no such tree. */
  readonly children?: ReadonlyMap<string, { readonly groups: string[]; readonly nodes: string[] }>;
}
