/** Sections with their keys; all values are texts, names of keys in small letters. */
export type Ini = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Text as Python's configparser reads it, which Ansible uses: `[section]`, `key = value` or `key: value`, comments
 * with # or ; and values that go on in lines with blanks in front. undefined: it is no such text.
 */
export function parseIni(text: string): Ini | undefined {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  let last: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;].*)?$/.test(line)) continue;
    const [, title] = /^\[(.+)\]\s*$/.exec(line) ?? [];
    if (title !== undefined) {
      section = sections.get(title) ?? new Map<string, string>();
      sections.set(title, section);
      last = undefined;
      continue;
    }
    if (section === undefined) return undefined;
    if (/^\s/.test(line) && last !== undefined) {
      section.set(last, `${section.get(last) ?? ''}\n${line.trim()}`);
      continue;
    }
    const [, key, value = ''] = /^\s*([^=:]+?)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (key === undefined) return undefined;
    last = key.toLowerCase();
    section.set(last, value.trimEnd());
  }
  if (sections.size === 0) return undefined;
  return Object.fromEntries([...sections].map(([name, entries]) => [name, Object.fromEntries(entries)]));
}
