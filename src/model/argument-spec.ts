import type { Data } from './data.ts';
import type { SourceRange } from './source.ts';

/** Types of arguments, in Ansible's words. */
export type ArgumentType =
  'str' | 'int' | 'float' | 'bool' | 'list' | 'dict' | 'path' | 'raw' | 'json' | 'jsonarg' | 'bytes' | 'bits';

/** One option of meta/argument_specs.yml; Ansible's words. */
export interface ArgumentSpec {
  readonly type: ArgumentType;
  readonly required: boolean;
  readonly choices: readonly (string | number | boolean)[] | undefined;
  /** The type of a list's items. */
  readonly elements: ArgumentType | undefined;
  readonly description: string;
  /** For the reader only, as in Ansible: the value itself belongs in defaults/main.yml. */
  readonly default: Data | undefined;
  /** Of a dict, or of each dict in a list. */
  readonly options: ReadonlyMap<string, ArgumentSpec> | undefined;
  /** Its value is never shown. */
  readonly noLog?: true;
  readonly at: SourceRange;
}
