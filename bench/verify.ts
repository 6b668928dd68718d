import { readFileSync, statSync } from 'node:fs';
import type { Run } from './measure.ts';
import type { PeerId } from './peers.ts';
import type { Work } from './work.ts';

/** Throws unless the recap says of every node that so many tasks were ok, so many of them changed, and none failed. */
export function assertRecap(peer: PeerId, run: Run, work: Work, changed: number): void {
  if (peer !== 'oms-play' && peer !== 'ansible' && peer !== 'mitogen') return;
  const pattern = new RegExp(`ok=${work.paths.length} +changed=${changed} +unreachable=0 +failed=0 `, 'g');
  const rows = readFileSync(run.stdout, 'utf8').match(pattern)?.length ?? 0;
  if (rows === work.nodes.length) return;
  const text = readFileSync(run.stdout, 'utf8').slice(-2_000);
  throw new Error(`${peer}: ${rows} of ${work.nodes.length} nodes as expected\n${text}`);
}

/** Throws unless every folder of every node is there, with its mode. */
export function assertFolders(work: Work): void {
  for (const { name } of work.nodes) {
    for (const path of work.paths.map((each) => each.replaceAll('%NODE%', name))) {
      const found = statSync(path, { throwIfNoEntry: false });
      if (found?.isDirectory() !== true || (found.mode & 0o7777) !== 0o755)
        throw new Error(`not made: ${path}`);
    }
  }
}
