import { problem } from '../diagnostics/diagnostic.ts';
import type { NamedLimit } from '../model/inventory.ts';
import type { SourceNode } from '../model/source.ts';
import { asMap, asNumber, asTexts, isNull, type PlacedText, type Report } from './shape.ts';

const NAME = /^[A-Za-z_][\w.-]*$/;

/** `limits: {name: places}` of a play or an inventory, in the order they are written. */
export function limitsOf(node: SourceNode | undefined, report: Report): readonly NamedLimit[] {
  if (node === undefined || isNull(node)) return [];
  const map = asMap(node, '"limits"', report);
  return (map?.entries ?? []).flatMap(({ key, keyAt, value }) => {
    if (!NAME.test(key)) {
      const detail = `"${key}" cannot be the name of a limit: letters, digits, _ . and -, a letter first.`;
      report(problem('bad-value', keyAt, 'bad name of a limit', detail));
      return [];
    }
    const places = asNumber(value, `The limit "${key}" (nodes at once)`, { min: 1 }, report);
    return places === undefined ? [] : [{ name: key, places, at: keyAt }];
  });
}

/** `limit`: one name or several. */
export function limitNamesOf(node: SourceNode | undefined, report: Report): readonly PlacedText[] {
  return node === undefined ? [] : asTexts(node, '"limit" (the name of one of "limits")', report);
}
