import { join } from 'node:path';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { readSettings, SETTINGS_FILE, unknownRule } from '../lint/settings.ts';
import type { RuleChoice } from '../lint/outcome.ts';
import type { LintRule } from '../lint/rule.ts';
import { lintRules } from '../lint/rules.ts';
import { createSources } from '../load/sources.ts';
import type { LintCommandOptions } from './command-options.ts';
import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';

/** The rules of this command line and of the project's settings. */
export interface LintChoice extends RuleChoice {
  readonly rules: readonly LintRule[];
  /** What is wrong with the settings. */
  readonly problems: readonly Diagnostic[];
  readonly texts: ReadonlyMap<string, string>;
}

/** What the command line says comes before the settings. Throws UsageError for a name that is no rule's. */
export function lintChoice(options: LintCommandOptions, { cwd }: Io): LintChoice {
  for (const name of [...options.rules, ...options.skip]) {
    const why = unknownRule(name);
    if (why !== undefined) throw new UsageError(why);
  }
  const sources = createSources({ cwd });
  const file = join(cwd, SETTINGS_FILE);
  const { value: settings, problems } = readSettings(sources.read(file), sources.shown(file));
  const skipped = new Set([...options.skip, ...(options.rules.length > 0 ? [] : settings.skip)]);
  const isChosen = (rule: string): boolean =>
    !skipped.has(rule) && (options.rules.length === 0 || options.rules.includes(rule));
  return {
    isChosen,
    warnOnly: new Set(settings.warn),
    rules: lintRules.filter(({ name }) => isChosen(name)),
    problems,
    texts: sources.texts,
  };
}
