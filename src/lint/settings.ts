import { problem, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import { asMap, asTexts, checkKeys, fieldsOf } from '../load/shape.ts';
import { parseYaml } from '../load/yaml.ts';
import { loadRules } from './load-rules.ts';
import { lintRules } from './rules.ts';

/** Where a project says which rules it follows. */
export const SETTINGS_FILE = '.oms-play-lint.yml';

export interface LintSettings {
  /** Rules that do not count. */
  readonly skip: readonly string[];
  /** Rules that only warn. */
  readonly warn: readonly string[];
}

/** The settings of a project; undefined: it has no such file. */
export function readSettings(text: string | undefined, shown: string): Checked<LintSettings> {
  const problems: Diagnostic[] = [];
  const report = (found: Diagnostic): void => void problems.push(found);
  const parsed = text === undefined ? undefined : parseYaml(text, shown);
  problems.push(...(parsed?.problems ?? []));
  const map = parsed?.value && asMap(parsed.value, shown, report);
  if (map === undefined) return { value: { skip: [], warn: [] }, problems };
  checkKeys(map, ['skip', 'warn'], shown, report);
  const fields = fieldsOf(map);
  const names = (key: string): readonly string[] => {
    const node = fields.get(key)?.value;
    return (node === undefined ? [] : asTexts(node, `"${key}"`, report)).map(({ text: name, at }) => {
      const why = unknownRule(name);
      if (why !== undefined) report(problem('unknown-name', at, 'unknown rule', why));
      return name;
    });
  };
  return { value: { skip: names('skip'), warn: names('warn') }, problems };
}

/** What is wrong with the name of a rule; undefined: there is one. */
export function unknownRule(name: string): string | undefined {
  const names = [...lintRules.map((rule) => rule.name), ...Object.keys(loadRules)];
  if (names.includes(name)) return undefined;
  return `No rule is called "${name}".${didYouMean(name, names)} "oms-play lint --list-rules" lists them.`;
}
