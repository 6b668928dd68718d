import type { Data, DataMap } from '../model/data.ts';
import { wordsOf } from '../model/data.ts';
import type { Statistics } from '../model/statistics.ts';
import { columns, oneLine, pad } from './screen.ts';

/** A line for each figure, those of the run first, then those of the nodes. */
export function drawStatistics(stats: Statistics | undefined): readonly string[] {
  if (stats === undefined) return [];
  const parts: readonly (readonly [string, DataMap])[] = [['run', stats.run], ...Object.entries(stats.nodes)];
  const width = Math.max(...parts.map(([name]) => columns(oneLine(name))));
  return parts.flatMap(([name, data]) =>
    Object.entries(data).map(
      ([key, value]) => `  ${pad(oneLine(name), width)}   ${oneLine(`${key}: ${inOneLine(value)}`)}`,
    ),
  );
}

function inOneLine(value: Data): string {
  const words = wordsOf(value);
  return words.includes('\n') ? JSON.stringify(value) : words;
}
