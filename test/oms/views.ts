import type { Data } from '../../src/model/data.ts';
import type { SourceRange } from '../../src/model/source.ts';
import type { RegionView } from '../../src/oms/topology.ts';

/** A place in the inventory of these tests. */
export function place(line: number, column = 7): SourceRange {
  return { file: 'inventory.yml', line, column, length: 4 };
}

export interface RegionSpec {
  readonly name?: string;
  /** Line of the region; its vars follow, one line each, then its nodes. */
  readonly line: number;
  readonly vars: Readonly<Record<string, Data | undefined>>;
  /** Lines of vars that stand somewhere else, for values that regions share. */
  readonly lines?: Readonly<Record<string, number>>;
  readonly nodes: readonly (readonly [name: string, address: string])[];
}

export const META = {
  oms_meta_host: '10.0.0.5',
  oms_meta_port: 2883,
  oms_meta_user: 'oms_meta_user',
  oms_meta_password: 'Meta_2026',
  drc_rm_db: 'oms_rm',
  drc_cm_db: 'oms_cm',
};

export const HANGZHOU: RegionSpec = {
  name: 'cn-hangzhou',
  line: 10,
  vars: {
    cm_url: 'http://10.0.1.100:8088',
    cm_location: 1,
    cm_is_default: true,
    drc_cm_heartbeat_db: 'oms_cm_heartbeat',
    ...META,
  },
  nodes: [
    ['hz-1', '10.0.1.11'],
    ['hz-2', '10.0.1.12'],
  ],
};

export const HEILONGJIANG: RegionSpec = {
  name: 'cn-heilongjiang',
  line: 50,
  vars: {
    cm_url: 'http://10.0.2.100:8088',
    cm_location: 2,
    cm_is_default: false,
    drc_cm_heartbeat_db: 'oms_cm_heartbeat_1',
    ...META,
  },
  nodes: [
    ['hlj-1', '10.0.2.11'],
    ['hlj-2', '10.0.2.12'],
  ],
};

/** The view of a region; the n-th variable stands on line + n. */
export function view(spec: RegionSpec): RegionView {
  const entries = Object.entries(spec.vars).flatMap(([name, data], i) =>
    data === undefined ? [] : [{ name, data, at: place(spec.lines?.[name] ?? spec.line + 1 + i) }],
  );
  return {
    name: spec.name ?? '',
    at: place(spec.line, 3),
    nodes: spec.nodes.map(([name, address], i) => ({ name, address, at: place(spec.line + 30 + i) })),
    value: (key) => entries.find((entry) => entry.name === key),
    names: () => entries,
  };
}

/** The spec with some variables changed; undefined takes one out (its line stays). */
export function vary(spec: RegionSpec, vars: RegionSpec['vars'], rest: Partial<RegionSpec> = {}): RegionSpec {
  return { ...spec, ...rest, vars: { ...spec.vars, ...vars } };
}

/** The line that a variable of the spec stands on. */
export function lineOf(spec: RegionSpec, name: string): number {
  const index = Object.keys(spec.vars).indexOf(name);
  if (index < 0) throw new Error(`no variable ${name}`);
  return spec.line + 1 + index;
}
