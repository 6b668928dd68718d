import type { Reporter } from '../events/event.ts';

/** The human form. */
export function createPlainReporter({ write }: { write(text: string): void; color: boolean; width: number; verbosity: number }): Reporter {
  return {
    name: 'plain',
    handle: (e) => {
      if (e.type === 'task-started') write(`TASK [${e.region}] ${e.role ?? ''} : ${e.name}\n`);
      if (e.type === 'task-finished') {
        write(`  ${e.status.padEnd(12)} ${e.node} ${e.item ?? ''} ${e.changes.map((c) => `${c.subject} ${c.summary}`).join('; ')} ${e.reason ?? ''}\n`);
        if (e.failure) write(`    ${JSON.stringify(e.failure, null, 1)}\n`);
        if (e.showDiff) for (const c of e.changes) write(`    ${JSON.stringify(c.diff ?? '')}\n`);
      }
      if (e.type === 'warning') write(`WARNING ${e.message}\n`);
      if (e.type === 'run-finished') for (const r of e.recap) write(`  ${Object.entries(r).map(([k, v]) => `${k}=${v}`).join(' ')}\n`);
    },
  };
}
