import type { LintRule } from './rule.ts';
import { deprecatedAction } from './rules/actions.ts';
import { commandInsteadOfModule, noChangedWhen, shellWithoutNeed, unnamedTask } from './rules/commands.ts';
import { conditionLanguage, templateInCondition } from './rules/conditions.ts';
import { deprecatedInclude, deprecatedLoop, deprecatedName } from './rules/deprecated.ts';
import { duplicateHandler, unusedHandler } from './rules/handlers.ts';
import { keyValueArguments } from './rules/key-values.ts';
import { ambiguousScalar, unquotedMode } from './rules/scalars.ts';
import { missingNoLog, plainSecret } from './rules/secrets.ts';
import { shadowedVariable, unusedVariable } from './rules/variables.ts';
import { latestVersion } from './rules/versions.ts';

/** All rules, by name. */
export const lintRules: readonly LintRule[] = [
  ambiguousScalar,
  commandInsteadOfModule,
  conditionLanguage,
  deprecatedAction,
  deprecatedInclude,
  deprecatedLoop,
  deprecatedName,
  duplicateHandler,
  keyValueArguments,
  latestVersion,
  missingNoLog,
  noChangedWhen,
  plainSecret,
  shadowedVariable,
  shellWithoutNeed,
  templateInCondition,
  unnamedTask,
  unquotedMode,
  unusedHandler,
  unusedVariable,
];
