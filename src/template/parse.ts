import Handlebars from 'handlebars';
import { problem } from '../diagnostics/diagnostic.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { lineAndColumn } from './place.ts';
import type { Placer } from './place.ts';
import { parseSimple } from './simple.ts';
import type { Program } from './syntax.ts';

const SUMMARY = 'template syntax';
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/\{\{[^}]*\|/, 'There are no filters: write {{upper name}} or {{default name "x"}}.'],
  [/\{\{\s*\./, "For a text that has {{ in it, as docker's --format, put a backslash before it: \\{{.Id}}."],
  [/\{\{%|\{%/, 'These are Handlebars templates: {{#if name}}…{{/if}}, {{#each list}}…{{/each}}.'],
  [/\{\{[^}]*(==|!=|<|>)/, 'Comparisons are helpers: {{#if (eq a b)}}.'],
  [/\{\{[^}]*\[\s*\d/, 'Items are written {{list.[0]}}.'],
  [/\{\{[^}]*\.\d/, 'Items are written {{list.[0]}}.'],
];

/** The syntax tree of a template, or what is wrong with it. */
export function parseTemplate(text: string, place: Placer): Program | Diagnostic {
  try {
    return parseSimple(text) ?? (Handlebars.parse(text) as unknown as Program);
  } catch (error) {
    return syntaxProblem(text, place, error);
  }
}

function syntaxProblem(text: string, place: Placer, error: unknown): Diagnostic {
  const message = error instanceof Error ? error.message : String(error);
  const located = error as { readonly lineNumber?: number; readonly column?: number };
  if (located.lineNumber !== undefined) {
    const at = place(located.lineNumber, located.column ?? 0, 1);
    const words = message
      .replace(/ - \d+:\d+$/, '')
      .replace(/^(.*) doesn't match (.*)$/, '"$1" is closed by "$2"');
    return problem('bad-template', at, SUMMARY, `${words}.`);
  }
  const { line, column } = lineAndColumn(text, errorOffset(text, message));
  const rest = text.split('\n')[line - 1] ?? '';
  const hint = HINTS.find(([pattern]) => pattern.test(rest))?.[1];
  const open = message.endsWith("got 'EOF'");
  const detail = open
    ? 'A block is not closed: {{/if}}, {{/each}} or {{/with}} is missing.'
    : (hint ?? 'A name, a helper with its arguments or }} is missing or wrong here.');
  return problem('bad-template', place(line, column, 1), SUMMARY, `The template does not parse. ${detail}`);
}

/** Finds where the parser stopped: its message shows the text around, line breaks left out. */
function errorOffset(text: string, message: string): number {
  const [first = '', shown = '', caret = ''] = message.split('\n');
  const line = Number(/on line (\d+)/.exec(first)?.[1] ?? 1);
  const lineStart = text.split('\n', line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  const before = shown.slice(0, caret.length - 1).replace(/^\.\.\./, '');
  const after = shown.slice(caret.length - 1).replace(/\.\.\.$/, '');
  const kept = Array.from({ length: text.length }, (_, i) => i).filter((i) => text[i] !== '\n');
  const window = before + after;
  const from = Math.max(0, kept.filter((offset) => offset < lineStart).length - before.length);
  const found = window === '' ? -1 : text.replaceAll('\n', '').indexOf(window, from);
  return found < 0 ? Math.min(lineStart, text.length) : (kept[found + before.length] ?? text.length);
}
