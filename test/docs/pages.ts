import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

/** A fenced block of a page. */
export interface Block {
  readonly page: string;
  /** Of the fence. */
  readonly line: number;
  readonly text: string;
  /** `yaml fragment`: a part of something, which must only be YAML. */
  readonly isFragment: boolean;
  /** The file that its first line names: `# roles/a/tasks/main.yml`. */
  readonly file: string | undefined;
}

/** The pages of the documentation, by their paths from the root. */
export function pages(): readonly string[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name));
  const roles = readdirSync(join(root, 'roles')).map((role) => join('roles', role, 'README.md'));
  return ['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', ...docs, ...roles].sort();
}

/** The examples of a page, in whatever language. */
function blocksOf(page: string): readonly (Block & { readonly language: string })[] {
  const lines = readFileSync(join(root, page), 'utf8').split('\n');
  const blocks: (Block & { readonly language: string })[] = [];
  for (let at = 0; at < lines.length; at++) {
    const [, indent = '', language, more] = /^( *)```(\w+)(.*)$/.exec(lines[at] ?? '') ?? [];
    if (language === undefined) continue;
    const end = lines.findIndex((line, i) => i > at && line.trim() === '```');
    const inner = lines.slice(at + 1, end).map((line) => line.slice(Math.min(indent.length, line.length)));
    const file = inner
      .slice(0, 2)
      .flatMap((line) => /^(?:#|\/\/) ([\w./-]+\.\w+)\b/.exec(line)?.[1] ?? [])[0];
    const isFragment = more?.trim() === 'fragment';
    blocks.push({ page, line: at + 1, text: `${inner.join('\n')}\n`, isFragment, file, language });
    at = end;
  }
  return blocks;
}

/** The YAML examples of a page. */
export function yamlBlocks(page: string): readonly Block[] {
  return blocksOf(page).filter(({ language }) => /^ya?ml$/.test(language));
}

/** The files of which a page shows the whole text, by path: an example may need another one of its page. */
export function shownFiles(page: string): ReadonlyMap<string, string> {
  return new Map(
    blocksOf(page).flatMap(({ file, text, isFragment }) =>
      file === undefined || isFragment ? [] : [[file, text] as const],
    ),
  );
}

/** The links of a page that lead to files. */
export function fileLinks(page: string): readonly string[] {
  const text = readFileSync(join(root, page), 'utf8').replaceAll(/```[^]*?```|`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, to = '']) => to)
    .filter((to) => !/^[a-z]+:/.test(to) && !to.startsWith('#'))
    .map((to) => relative(root, resolve(root, page, '..', to.replace(/#.*/, ''))));
}
