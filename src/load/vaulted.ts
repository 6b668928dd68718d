import { problem } from '../diagnostics/diagnostic.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceNode } from '../model/source.ts';
import { vaultFormat } from '../vault/format.ts';
import { learnFile, learnLines } from '../vault/learn.ts';
import type { Report } from './shape.ts';
import type { Sources } from './sources.ts';
import { parseYaml } from './yaml.ts';

/** Decrypts and parses a file; undefined when that cannot be done (yet), or when it is empty. */
export function openVaultFile(
  file: string,
  ciphertext: string,
  sources: Sources,
  report: Report,
): SourceNode | undefined {
  const name = sources.shown(file);
  const { vault } = sources;
  if (vault === undefined) {
    report(closed(name, 'encrypted', `${name} is encrypted and cannot be read here.`));
    return undefined;
  }
  const opened = vault.open(ciphertext);
  if (opened === undefined) return undefined;
  // From here on places count in a text that must not be shown.
  sources.conceal(file);
  if (opened.kind !== 'text') {
    const summary = opened.kind === 'damaged' ? 'damaged encrypted file' : 'cannot decrypt';
    report(closed(name, summary, opened.words));
    return undefined;
  }
  if (vaultFormat(opened.text) !== undefined) {
    report(closed(name, 'encrypted twice', `What is encrypted in ${name} is encrypted once more.`));
    return undefined;
  }
  return parsed(opened.text, name, sources, report);
}

function parsed(text: string, name: string, sources: Sources, report: Report): SourceNode | undefined {
  const { value, problems } = parseYaml(text, name, sources.vault);
  const masker = sources.vault?.masker;
  if (masker !== undefined) {
    if (value !== undefined) learnFile(value, masker);
    if (problems.length > 0) learnLines(text, masker);
  }
  for (const found of problems) report(inDecrypted(found));
  return value;
}

/** No line of the text is drawn, so the message has to say which text it counts in. */
function inDecrypted(found: Diagnostic): Diagnostic {
  return { ...found, detail: `${found.detail} (The line is one of the decrypted text.)` };
}

function closed(name: string, summary: string, detail: string): Diagnostic {
  return problem('file-unreadable', { file: name, line: 1, column: 1, length: 1 }, summary, detail);
}
