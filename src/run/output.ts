import type { Masker } from '../model/masker.ts';
import type { OutputSink } from '../transport/remote-node.ts';

type Stream = 'stdout' | 'stderr';

/**
 * Hands output on as it comes, but for its end where that may be the beginning of a secret: the halves of one
 * that was cut in two would pass the masker.
 */
export function secretsWhole(masker: Masker, say: (stream: Stream, text: string) => void): OutputSink {
  const held: Record<Stream, string> = { stdout: '', stderr: '' };
  const tell = (stream: Stream, text: string): void => {
    if (text !== '') say(stream, text);
  };
  return {
    write(stream, text) {
      const whole = held[stream] + text;
      const settled = masker.settled(whole);
      held[stream] = whole.slice(settled);
      tell(stream, whole.slice(0, settled));
    },
    end() {
      for (const stream of ['stdout', 'stderr'] as const) {
        tell(stream, held[stream]);
        held[stream] = '';
      }
    },
  };
}
