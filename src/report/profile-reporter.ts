import type { Reporter } from '../events/event.ts';
import { drawProfile } from './profile-table.ts';
import { createProfileFold } from './profile.ts';
import { createPalette } from './screen.ts';

export interface ProfileOptions {
  readonly write: (text: string) => void;
  readonly color: boolean;
  /** Columns that a line may have; 0 for no limit. */
  readonly width: number;
}

/** Says at the end where the time went; to be told of events after the reporter that says all else. */
export function createProfileReporter({ write, color, width }: ProfileOptions): Reporter {
  const fold = createProfileFold();
  const layout = { palette: createPalette(color), width: width > 0 ? width : Number.POSITIVE_INFINITY };
  return {
    name: 'profile',
    handle(event) {
      fold.take(event);
      if (event.type !== 'run-finished') return;
      const summary = fold.summary();
      if (summary.nodes.length === 0) return;
      write(`\n${drawProfile(summary, layout).join('\n')}\n`);
    },
  };
}
