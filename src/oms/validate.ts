import type { DataMap } from '../model/data.ts';
import { wrong } from './config-problem.ts';
import type { ConfigProblem } from './config-problem.ts';
import { CONFIG_KEYS, configKey, nearestKey } from './keys.ts';
import { checkValues } from './values-rules.ts';

/** Everything that is wrong with one config.yaml by itself, in the vendor's order of keys; warnings too. */
export function validateConfig(values: DataMap): readonly ConfigProblem[] {
  const missing = missingKeys((name) => values[name]);
  const unknown = Object.keys(values).flatMap((name) =>
    configKey(name) === undefined ? [unknownKey(name)] : [],
  );
  return [...missing, ...checkValues((name) => values[name]), ...unknown];
}

/** The required parameters that are not there or empty, each with what it is for. */
export function missingKeys(
  value: (name: string) => unknown,
  needed: (name: string) => boolean = () => true,
): ConfigProblem[] {
  return CONFIG_KEYS.filter((key) => key.required && needed(key.name)).flatMap((key) => {
    const found = value(key.name);
    if (found !== undefined && found !== null && found !== '') return [];
    const detail = `${key.name} is missing or empty. ${key.description}.`;
    return [wrong(key.name, 'missing-key', 'missing OMS parameter', detail)];
  });
}

/** OMS would not say a word about a misspelt key, so it is an error here. */
export function unknownKey(name: string): ConfigProblem {
  const near = nearestKey(name);
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  return wrong(name, 'unknown-key', 'unknown OMS parameter', `OMS has no parameter "${name}".${hint}`);
}
