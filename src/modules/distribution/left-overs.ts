import type { Change } from '../../model/result.ts';
import type { NodeReader, NodeWriter } from '../../transport/node.ts';
import { lookScript, sweepKeysScript, sweepScript } from './sweep-script.ts';

const SUMMARY = 'left by an interrupted run → absent';

/** What runs that were killed have left on the node: folders, keys. */
export async function leftOvers(node: NodeReader): Promise<Change[]> {
  const seen = await node.query(lookScript());
  const lines = seen.stdout.toString('utf8').split('\n').filter(Boolean);
  return lines.map((subject) => ({ subject, summary: SUMMARY }));
}

/** Removes what {@link leftOvers} found. */
export async function removeLeftOvers(node: NodeWriter, changes: readonly Change[]): Promise<void> {
  if (!changes.some(({ summary }) => summary === SUMMARY)) return;
  await node.run(sweepScript(), { brief: 'programs' });
  await node.asLoginUser().run(sweepKeysScript(), { brief: 'programs' });
}
