import * as z from 'zod';
import type { DataMap } from '../../model/data.ts';
import type { ValueRow } from '../../model/result.ts';
import { sh } from '../../transport/command.ts';
import { requiredOf } from '../aliases.ts';
import { rowsInWords } from '../attributes.ts';
import { anyData } from '../data.ts';
import type { Check } from '../define.ts';
import { defineModule } from '../define.ts';
import { docker } from '../docker/act.ts';
import { differentEntries, flagsOf } from '../docker/entries.ts';
import { CONTAINER_NAME } from '../docker/names.ts';
import { inspectObjects, mapOf, textOf } from '../docker/objects.ts';

const volumeName = z.string().regex(CONTAINER_NAME, { error: 'not a name for a volume' });
const entries = z.record(z.string().min(1), z.union([z.string(), z.number(), z.boolean()]).transform(String));

const args = z.strictObject({
  volume_name: volumeName.optional().describe('Name of the volume. Required, as volume_name or name.'),
  name: volumeName.optional().describe('Another name of volume_name.'),
  state: z
    .enum(['present', 'absent'])
    .default('present')
    .describe('absent removes the volume with its data; one that a container uses cannot be removed.'),
  driver: z.string().min(1).default('local').describe('Driver that keeps it.'),
  driver_options: entries.optional().describe('Options of the driver that it must have.'),
  labels: entries.optional().describe('Labels that it must have.'),
  recreate: z
    .enum(['never', 'options-changed', 'always'])
    .default('never')
    .describe('When an existing volume is removed, with its data, and made anew.'),
});

const returns = z.strictObject({
  volume: z
    .record(z.string(), anyData)
    .nullable()
    .describe('The volume, in the words of docker volume inspect; null: there is none.'),
});

type Args = z.output<typeof args>;
type Result = z.output<typeof returns>;

interface State {
  readonly remove: boolean;
  readonly create: boolean;
}

/** Makes and removes volumes, compared with `docker volume inspect`. */
export const module = defineModule<typeof args, typeof returns, State>({
  name: 'docker_volume',
  summary: 'Create or remove a Docker volume',
  args,
  returns,
  notes: [
    'Arguments of Ansible’s about the way to the engine (docker_host, tls …) do not exist: it is the one of the node.',
    'A volume that differs is left as it is, with a warning, unless recreate says otherwise.',
  ],
  examples: `- name: Volume of the metrics
  docker_volume:
    name: oms-influxdb
    labels: { owner: oms }
`,
  async check(node, given) {
    const name = nameOf(given);
    const current = (await inspectObjects(node, 'volume', [name]))[0];
    const rows = given.state === 'absent' ? [] : differences(given, current);
    const result: Result = { volume: current ?? null };
    if (given.state === 'absent') {
      const changes = current === undefined ? [] : [{ subject: name, summary: 'volume → absent' }];
      return { changes, result, state: { remove: true, create: false } };
    }
    if (current === undefined) {
      const changes = [{ subject: name, summary: 'absent → volume' }];
      return { changes, result, state: { remove: false, create: true } };
    }
    return existing(given, rows, result);
  },
  async apply(node, given, { state }) {
    const name = nameOf(given);
    if (state?.remove) await docker(node, sh`docker volume rm ${name}`, `volume ${name} cannot be removed`);
    if (state?.create) {
      const words = [
        ...['--driver', given.driver],
        ...flagsOf('--opt', given.driver_options),
        ...flagsOf('--label', given.labels),
      ];
      await docker(node, sh`docker volume create ${words} ${name}`, `volume ${name} cannot be created`);
    }
    return { volume: (await inspectObjects(node, 'volume', [name]))[0] ?? null };
  },
});

function existing(given: Args, rows: readonly ValueRow[], result: Result): Check<Result, State> {
  const name = nameOf(given);
  const anew = given.recreate === 'always' || (given.recreate === 'options-changed' && rows.length > 0);
  if (anew) {
    const why = rows.length === 0 ? '' : `: ${rowsInWords(rows)}`;
    const change = { subject: name, summary: `recreated, its data is lost${why}` };
    const diff = rows.length === 0 ? {} : { diff: { kind: 'values', rows } as const };
    return { changes: [{ ...change, ...diff }], result, state: { remove: true, create: true } };
  }
  if (rows.length === 0) return { changes: [], result };
  const warning = `volume ${name} differs and is left as it is (${rowsInWords(rows)}); recreate: options-changed makes it anew, its data is lost then`;
  return { changes: [], result, warnings: [warning] };
}

function nameOf({ volume_name, name }: Args): string {
  return requiredOf({ volume_name, name });
}

function differences(given: Args, current: DataMap | undefined): readonly ValueRow[] {
  if (current === undefined) return [];
  const driver = textOf(current['Driver']);
  return [
    ...(driver === given.driver ? [] : [{ name: 'driver', before: driver, after: given.driver }]),
    ...differentEntries('driver_options', given.driver_options, mapOf(current['Options'])),
    ...differentEntries('labels', given.labels, mapOf(current['Labels'])),
  ];
}
