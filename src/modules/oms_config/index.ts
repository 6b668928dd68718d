import * as z from 'zod';
import type { DataMap } from '../../model/data.ts';
import type { Change, ValueRow } from '../../model/result.ts';
import { compareConfig, parseConfig, renderConfig } from '../../oms/config.ts';
import { validateConfig } from '../../oms/validate.ts';
import type { FileStat, NodeReader, NodeWriter } from '../../transport/node.ts';
import { differences, rowsInWords, setAttributes } from '../attributes.ts';
import { anyData } from '../data.ts';
import type { Check } from '../define.ts';
import { defineModule, ModuleError } from '../define.ts';
import { inspectContainer } from '../docker/inspect.ts';
import { CONTAINER_NAME } from '../docker/names.ts';
import { fileMode, resolveMode } from '../mode.ts';

const MOST_NAMES = 6;

const args = z.strictObject({
  path: z
    .string()
    .regex(/^\/.+/, { error: 'must be an absolute path' })
    .describe('config.yaml on the node; its folder must be there.'),
  config: z
    .record(z.string(), anyData)
    .describe(
      "The parameters by the vendor's names; null leaves one out. Checked as a whole before anything is written.",
    ),
  mode: fileMode
    .default('0600')
    .describe('Mode; the file holds passwords, and the container reads it as root.'),
  owner: z.string().min(1).optional().describe('User that owns it, by name or number.'),
  group: z.string().min(1).optional().describe('Group that owns it, by name or number.'),
  container: z
    .string()
    .regex(CONTAINER_NAME, { error: 'not a name of a container' })
    .optional()
    .describe(
      'Container that the file is mounted into; if it runs, the file must be there to be rewritten in place.',
    ),
});

const returns = z.strictObject({
  path: z.string().describe('Path of the file on the node.'),
  changed_keys: z.array(z.string()).describe('The parameters that differ, or differed.'),
});

type Args = z.output<typeof args>;
type Result = z.output<typeof returns>;

interface Found {
  /** undefined: the content stays as it is. */
  readonly text: string | undefined;
  readonly exists: boolean;
  readonly attributes: readonly ValueRow[];
}

/** Rewrites in place: the file is mounted by itself into a container, which would keep a replaced one. */
export const module = defineModule<typeof args, typeof returns, Found>({
  name: 'oms_config',
  summary: "Write OMS's config.yaml, validated and compared key by key",
  args,
  inOrder: true,
  returns,
  examples: `- name: config.yaml of the region
  oms_config:
    path: "{{oms_mount_dir}}/config.yaml"
    container: "{{oms_container}}"
    config:
      oms_meta_host: "{{oms_meta_host}}"
      oms_meta_port: "{{oms_meta_port}}"
      oms_meta_user: "{{oms_meta_user}}"
      oms_meta_password: "{{oms_meta_password}}"
      drc_rm_db: oms_rm
      drc_cm_db: oms_cm
      drc_cm_heartbeat_db: oms_cm_heartbeat
      cm_url: http://10.0.1.100:8088
      cm_location: 1
      cm_region: cn-hangzhou
      cm_region_cn: cn-hangzhou
      cm_is_default: true
      cm_nodes: [10.0.1.11, 10.0.1.12]
  notify: config changed
`,
  check,
  apply,
});

async function check(node: NodeReader, given: Args): Promise<Check<Result, Found>> {
  const wanted = present(given.config);
  const validated = validateConfig(wanted);
  refuseMistakes(validated.filter((one) => one.severity === 'error').map((one) => one.detail));
  const [stat, bytes] = await lookAt(node, given.path);
  await refuseWrongPlace(node, given, stat);
  const old = parseConfig(bytes?.toString('utf8') ?? '');
  const unreadable = old.problems.length > 0;
  const rows = compareConfig(old.values, wanted);
  const attributes = stat === undefined ? [] : differences(stat, given);
  const rewrite = stat === undefined || unreadable || rows.length > 0;
  const warnings = validated.filter((one) => one.severity === 'warning').map((one) => one.detail);
  if (unreadable) warnings.push(`what is at ${given.path} now is replaced: ${old.problems[0]?.detail}`);
  return {
    changes: changesOf(given, { rows, attributes, exists: stat !== undefined, rewrite }),
    result: { path: given.path, changed_keys: rows.map((row) => row.name) },
    state: { text: rewrite ? renderConfig(wanted) : undefined, exists: stat !== undefined, attributes },
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}

function present(config: DataMap): DataMap {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null));
}

function refuseMistakes(mistakes: readonly string[]): void {
  if (mistakes.length === 0) return;
  const list = mistakes.map((mistake) => `\n  - ${mistake}`).join('');
  throw new ModuleError({
    message: `this would be no valid config.yaml of OMS:${list}`,
    hint: 'Nothing was written. Correct these variables in the inventory.',
  });
}

/** Both in one round trip; a folder, of which readFile knows nothing good, is {@link refuseWrongPlace}'s matter. */
async function lookAt(
  node: NodeReader,
  path: string,
): Promise<readonly [FileStat | undefined, Buffer | undefined]> {
  const reading = node.readFile(path);
  reading.catch(() => undefined);
  const stat = await node.stat(path, { follow: true });
  return [stat, stat?.type === 'file' ? await reading : undefined];
}

async function refuseWrongPlace(node: NodeReader, given: Args, stat: FileStat | undefined): Promise<void> {
  if (stat?.type === 'directory') {
    throw new ModuleError({
      message: `${given.path} on ${node.name} is a folder, not a file`,
      hint: 'Docker makes one when the file to mount is missing. Remove the container and the folder, then run again.',
    });
  }
  if (stat !== undefined && stat.type !== 'file') {
    throw new ModuleError({ message: `${given.path} on ${node.name} is no file` });
  }
  if (stat !== undefined || given.container === undefined) return;
  const container = await inspectContainer(node, given.container);
  if (container?.State.Running !== true) return;
  const mounted = container.HostConfig.Binds?.some((bind) => bind.startsWith(`${given.path}:`));
  if (mounted === false) return;
  throw new ModuleError({
    message: `container ${given.container} runs on ${node.name}, but ${given.path} is not there any more`,
    hint: 'A new file would not reach the container. Remove the container and let it be created again.',
  });
}

interface Differences {
  readonly rows: readonly ValueRow[];
  readonly attributes: readonly ValueRow[];
  readonly exists: boolean;
  readonly rewrite: boolean;
}

function changesOf(given: Args, found: Differences): Change[] {
  const { rows, attributes, exists, rewrite } = found;
  if (!rewrite && attributes.length === 0) return [];
  const words: string[] = [];
  if (!exists) words.push(`absent → ${count(rows.length)}, mode ${resolveMode(given.mode, '0600', false)}`);
  else if (rows.length > 0)
    words.push(`${count(rows.length)} ${rows.length === 1 ? 'differs' : 'differ'}: ${names(rows)}`);
  else if (rewrite) words.push('no YAML → the same keys anew');
  if (attributes.length > 0) words.push(rowsInWords(attributes));
  const diff = { kind: 'values' as const, rows: [...rows, ...attributes] };
  return [{ subject: given.path, summary: words.join(', '), diff }];
}

function count(keys: number): string {
  return `${keys} ${keys === 1 ? 'key' : 'keys'}`;
}

function names(rows: readonly ValueRow[]): string {
  const shown = rows.slice(0, MOST_NAMES).map((row) => row.name);
  return [...shown, ...(rows.length > MOST_NAMES ? ['…'] : [])].join(', ');
}

async function apply(node: NodeWriter, given: Args, found: Check<Result, Found>): Promise<Result> {
  if (found.state === undefined) throw new Error('oms_config: apply without what check found');
  const { text, exists, attributes } = found.state;
  if (text === undefined) {
    await setAttributes(node, given.path, attributes);
    return found.result;
  }
  const { path, mode, owner, group } = given;
  await node.writeFile(path, text, {
    mode: resolveMode(mode, '0600', false),
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
    ...(exists ? { inPlace: true } : {}),
  });
  return found.result;
}
