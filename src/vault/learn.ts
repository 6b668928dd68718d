import type { Masker } from '../model/masker.ts';
import type { SourceNode } from '../model/source.ts';
import { isSecretName } from '../model/magic.ts';

const SHORTEST = 4;
const FEWEST_DIGITS = 5;
/** Words that stand in every output, and that anyone can guess: blotting them out hides nothing and tells much. */
const COMMON = new Set(
  (
    'true false null none yes no on off default all any auto root admin administrator user users guest nobody ' +
    'mysql postgres docker sudo service local localhost ssh http https tcp udp utf8 utf8mb4 utf-8 latin1 ' +
    'main master prod production test staging dev info debug warn warning error present absent started stopped ' +
    'directory file link changed failed skipped unreachable ignored rescued name host node region task play ' +
    'state path data text size mode owner group /bin/sh /bin/bash /tmp 127.0.0.1 0.0.0.0'
  ).split(' '),
);

/** Makes a single decrypted value known to the masker; only common words are left out. */
export function learnValue(text: string, masker: Pick<Masker, 'add'>): void {
  if (!isCommon(text)) masker.add(text);
}

/**
 * Makes every scalar of a decrypted file known to the masker. What is no secret by its name and too short or too
 * common to be recognised by its value is left out.
 */
export function learnFile(node: SourceNode, masker: Pick<Masker, 'add'>): void {
  learnNode('', node, masker);
}

/** Makes all lines known, of a decrypted file that is no YAML: messages about it may hold any part of them. */
export function learnLines(text: string, masker: Pick<Masker, 'add'>): void {
  for (const line of text.split(/\r?\n/)) {
    const value = line.replace(/^\s*(?:- +)*["']?[\w.-]+["']?\s*:(?:\s+|$)/, '').trim();
    for (const part of [line.trim(), value, value.replace(/^(["'])(.*)\1$/, '$2')]) {
      if (part.length >= SHORTEST && !isCommon(part)) masker.add(part);
    }
  }
}

function learnNode(name: string, node: SourceNode, masker: Pick<Masker, 'add'>): void {
  if (node.kind === 'map') for (const { key, value } of node.entries) learnNode(key, value, masker);
  else if (node.kind === 'list') for (const item of node.items) learnNode(name, item, masker);
  else if (typeof node.value === 'string' || typeof node.value === 'number') {
    for (const part of partsOf(String(node.value))) {
      if (isSecretName(name) || isTelling(part, typeof node.value === 'number')) masker.add(part);
    }
  }
}

/** What stands around templates: those themselves only say where a value comes from. */
function partsOf(text: string): readonly string[] {
  if (!text.includes('{{')) return [text];
  return text
    .split(/\{\{.*?\}\}/s)
    .map((part) => part.trim())
    .filter((part) => part.length >= SHORTEST);
}

function isTelling(text: string, isNumber: boolean): boolean {
  const number = isNumber || /^\d+$/.test(text);
  return text.length >= (number ? FEWEST_DIGITS : SHORTEST) && !isCommon(text);
}

function isCommon(text: string): boolean {
  return COMMON.has(text.trim().toLowerCase());
}
