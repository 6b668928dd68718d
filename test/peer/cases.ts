import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A playbook, played once by each of the two with the same options. */
export interface PeerRun {
  readonly name: string;
  readonly playbook: string;
  readonly options: readonly string[];
  /** How effects are compared: step by step over all nodes, node by node, or line by line. */
  readonly order: (typeof ORDERS)[number];
  /** Why the two differ on purpose; undefined: they do not. */
  readonly differs: string | undefined;
  /** What is different, as `theirs → ours` for each line of what is compared. */
  readonly changes: ReadonlyMap<string, string>;
}

const ORDERS = ['steps', 'each node', 'exact'] as const;
const FOLDER = join(import.meta.dirname, 'playbooks');

/**
 * The playbooks with what their headers say: `# run: OPTIONS` for each run, `# order: each node` or `exact`, and for a difference
 * on purpose `# differs: WHY` with a line `# THEIRS → OURS` for each line that differs (`-`: none, ` ; ` between several).
 */
export function peerRuns(): readonly PeerRun[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yml'));
  return files.sort().flatMap((file) => runsOf(file, readFileSync(join(FOLDER, file), 'utf8')));
}

function runsOf(file: string, text: string): readonly PeerRun[] {
  const header = text.split('\n').filter((line) => line.startsWith('# '));
  const values = (key: string): readonly string[] =>
    header.filter((line) => `${line} `.startsWith(`# ${key}: `)).map((line) => line.slice(key.length + 4));
  const runs = values('run').map((value) => value.trim());
  const changes = header.flatMap((line) => {
    const [, theirs, ours] = /^# +(.+) → (.+)$/.exec(line) ?? [];
    return theirs === undefined || ours === undefined ? [] : [[theirs.trim(), ours.trim()] as const];
  });
  return (runs.length === 0 ? [''] : runs).map((options) => ({
    name: [file.replace(/\.yml$/, ''), options].join(' ').trim(),
    playbook: join(FOLDER, file),
    options: words(options),
    order: ORDERS.find((order) => values('order').includes(order)) ?? 'steps',
    differs: values('differs')[0],
    changes: new Map(changes),
  }));
}

function words(options: string): readonly string[] {
  return [...options.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
}
