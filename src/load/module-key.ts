import { problem } from '../diagnostics/diagnostic.ts';
import { suggest } from '../diagnostics/suggest.ts';
import type { SourceEntry, SourceRange } from '../model/source.ts';
import { keywordsOf, withoutCollection } from './keywords.ts';
import type { Scope } from './keywords.ts';
import type { Report } from './shape.ts';

interface Search {
  readonly moduleNames: ReadonlySet<string>;
  readonly report: Report;
  readonly scope: Scope;
  /** Where the task stands. */
  readonly at: SourceRange;
  /** Something was said about a key already that may have been meant as the module. */
  readonly silent: boolean;
}

/** The module among the keys of a task that are no keywords; what it is not is reported. */
export function findModule(
  keys: readonly SourceEntry[],
  search: Search,
): { readonly name: string; readonly entry: SourceEntry } | undefined {
  const named = keys.map((entry) => ({ name: withoutCollection(entry.key), entry }));
  const known = named.filter(({ name }) => search.moduleNames.has(name));
  const [module, ...further] = known;
  for (const { entry } of further) {
    const detail = `A task has one module; this one has "${module?.entry.key}" already. Make a task of its own of "${entry.key}".`;
    search.report(problem('unknown-key', entry.keyAt, 'two modules in one task', detail));
  }
  for (const { entry, name } of named) {
    if (!search.moduleNames.has(name)) search.report(strange(entry, module !== undefined, search));
  }
  if (keys.length === 0 && !search.silent) {
    const detail = 'A task needs a module, e.g. command: or copy:; there is none among its keys.';
    search.report(problem('missing-key', search.at, 'task without a module', detail));
  }
  for (const { entry } of known) checkMode(entry, search.report);
  return module;
}

/** A key that is neither: a misspelled keyword or a misspelled module, whichever is nearer. */
function strange(entry: SourceEntry, hasModule: boolean, search: Search): ReturnType<typeof problem> {
  const name = withoutCollection(entry.key);
  const keywords = keywordsOf(search.scope);
  const candidates = hasModule ? keywords : [...search.moduleNames, ...keywords];
  const near = suggest(name, candidates);
  if (hasModule || (near !== undefined && keywords.includes(near))) {
    const hint = near === undefined ? ' It is neither a keyword nor a module.' : ` Did you mean "${near}"?`;
    return problem(
      'unknown-key',
      entry.keyAt,
      'unknown key',
      `"${entry.key}" is no key of a ${search.scope}.${hint}`,
    );
  }
  const last = name.split('.').at(-1) ?? name;
  const plain = last !== name && search.moduleNames.has(last) ? last : near;
  const hint = plain === undefined ? ' "oms-play doc" lists them.' : ` Did you mean "${plain}"?`;
  return problem('unknown-module', entry.keyAt, 'unknown module', `No module is called "${name}".${hint}`);
}

/** `mode: 0755` is the number 755 in YAML 1.2: not what was meant. */
function checkMode(module: SourceEntry, report: Report): void {
  if (module.value.kind !== 'map') return;
  const value = module.value.entries.find(({ key }) => key === 'mode')?.value;
  if (value?.kind !== 'scalar' || typeof value.value !== 'number') return;
  const decimal = String(value.value);
  const octal = value.at.length > decimal.length + 1 ? value.value.toString(8) : decimal;
  const detail = `A file mode must be quoted, or YAML reads it as a plain number: write "${octal.padStart(4, '0')}".`;
  report(problem('bad-argument', value.at, 'unquoted file mode', detail));
}
