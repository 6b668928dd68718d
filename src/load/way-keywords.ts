import { problem } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import { becomeMethod, connectionKind, type WayKeyword } from '../model/connection.ts';
import type { WayKeywords } from '../model/playbook.ts';
import type { SourceNode } from '../model/source.ts';
import { asNumber, asText, isTemplate } from './shape.ts';
import type { Fields, Report } from './shape.ts';

/** The keywords of how a node is reached and who one becomes there, by their names. */
const NAMES: Readonly<Record<string, WayKeyword>> = {
  connection: 'connection',
  port: 'port',
  remote_user: 'remoteUser',
  become_method: 'becomeMethod',
  become_exe: 'becomeExe',
  become_flags: 'becomeFlags',
};

/** All of them, for lists of keywords. */
export const WAY_KEYWORDS: readonly string[] = Object.keys(NAMES);

/** What of them is said; values may be templates. undefined: nothing. */
export function wayKeywordsOf(fields: Fields, report: Report): WayKeywords | undefined {
  const found: Partial<Record<WayKeyword, SourceNode>> = {};
  for (const [name, keyword] of Object.entries(NAMES)) {
    const node = fields.get(name)?.value;
    if (node !== undefined && isWell(node, name, report)) found[keyword] = node;
  }
  return Object.keys(found).length === 0 ? undefined : found;
}

function isWell(node: SourceNode, name: string, report: Report): boolean {
  if (isTemplate(node)) return true;
  if (name === 'port') return asNumber(node, '"port"', { min: 1, max: 65_535 }, report) !== undefined;
  const text = asText(node, `"${name}"`, report);
  if (text === undefined) return false;
  if (name === 'connection' && connectionKind(text) === undefined) {
    const detail = `"connection" is ssh, local or container (docker).${didYouMean(text, ['ssh', 'local', 'container', 'docker'])}`;
    report(problem('bad-value', node.at, 'unknown connection', detail));
    return false;
  }
  if (name === 'become_method' && becomeMethod(text) === undefined) {
    const detail = `"become_method" is sudo, su or doas.${didYouMean(text, ['sudo', 'su', 'doas'])}`;
    report(problem('bad-value', node.at, 'unknown become method', detail));
    return false;
  }
  return true;
}
