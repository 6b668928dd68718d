import type { RunEvent } from '../../src/events/event.ts';

/** What happened on each node, without times. */
export function story(events: readonly RunEvent[]): Record<string, unknown[]> {
  const nodes: Record<string, unknown[]> = {};
  for (const event of events) {
    if (!('node' in event) || event.node === undefined || event.type === 'node-connected') continue;
    const { time: _, ...rest } = event;
    const plain = 'durationMs' in rest ? { ...rest, durationMs: 0 } : rest;
    // The folder of a test project is another one each time.
    const text = JSON.stringify(plain).replaceAll(/oms-play-test-\w+/g, 'folder');
    (nodes[event.node] ??= []).push(JSON.parse(text) as unknown);
  }
  return nodes;
}
