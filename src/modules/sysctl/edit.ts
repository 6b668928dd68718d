/** The file with the parameter set once, or with no line that sets it. */
export function editedSettings(text: string, name: string, value: string | undefined): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const setters = lines.flatMap((line, i) => (settingOf(line)?.name === dotted(name) ? [i] : []));
  const last = setters.at(-1);
  if (value === undefined)
    return setters.length === 0 ? text : joined(lines.filter((_, i) => !setters.includes(i)));
  if (last === undefined) return joined([...lines, `${name}=${value}`]);
  const now = settingOf(lines[last] ?? '')?.value;
  if (setters.length === 1 && now === value) return text;
  // Of several the last one counts, and is the one that stays.
  const kept = lines.map((line, i) => (i === last && now !== value ? `${name}=${value}` : line));
  return joined(kept.filter((_, i) => i === last || !setters.includes(i)));
}

function settingOf(line: string): { readonly name: string; readonly value: string } | undefined {
  const [, name, value] = /^\s*-?\s*([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
  return name === undefined || value === undefined ? undefined : { name: dotted(name), value };
}

/** net/ipv4/ip_forward is net.ipv4.ip_forward; where a slash comes first, dots are part of names. */
function dotted(name: string): string {
  const slash = name.indexOf('/');
  const dot = name.indexOf('.');
  if (slash === -1 || (dot !== -1 && dot < slash)) return name;
  return name.replace(/[./]/g, (sign) => (sign === '/' ? '.' : '/'));
}

function joined(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
