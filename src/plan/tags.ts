import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';

/** Which tags the command line asked for. */
export interface TagChoice {
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
}

/** Whether a task with these tags runs; `always`, `never`, `all`, `tagged`, `untagged` as in Ansible. */
export function tagsChosen(taskTags: readonly string[], choice: TagChoice): boolean {
  return wanted(taskTags, choice.tags) && !unwanted(taskTags, choice.skipTags);
}

function wanted(taskTags: readonly string[], tags: readonly string[]): boolean {
  const named = tags.some((tag) => taskTags.includes(tag));
  if (taskTags.includes('never')) return named;
  if (taskTags.includes('always')) return true;
  if (tags.length === 0 || tags.includes('all') || named) return true;
  return tags.includes(taskTags.length === 0 ? 'untagged' : 'tagged');
}

function unwanted(taskTags: readonly string[], skipTags: readonly string[]): boolean {
  if (skipTags.some((tag) => taskTags.includes(tag))) return true;
  if (skipTags.includes('all') && !taskTags.includes('always')) return true;
  return skipTags.includes(taskTags.length === 0 ? 'untagged' : 'tagged');
}

const SPECIAL = ['all', 'tagged', 'untagged', 'always', 'never'];

/** Warns of tags on the command line that no task has. */
export function checkTags({ tags, skipTags }: TagChoice, known: ReadonlySet<string>): readonly Diagnostic[] {
  const asked = new Set([...tags, ...skipTags]);
  return [...asked]
    .filter((tag) => !known.has(tag) && !SPECIAL.includes(tag))
    .map((tag) => {
      const all = known.size === 0 ? 'No task has any.' : `Tags: ${[...known].toSorted().join(', ')}.`;
      const detail = `No task has the tag "${tag}".${didYouMean(tag, known)} ${all}`;
      return { ...problem('unknown-name', undefined, 'unknown tag', detail), severity: 'warning' };
    });
}
