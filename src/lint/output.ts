import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SourceRange } from '../model/source.ts';
import { loadRules } from './load-rules.ts';
import type { Outcome } from './outcome.ts';
import type { Edit } from './rule.ts';
import { lintRules } from './rules.ts';

/** How many of each there are, and how many --fix can mend. */
export function countOutcomes(outcomes: readonly Outcome[]): {
  readonly errors: number;
  readonly warnings: number;
  readonly fixable: number;
} {
  const errors = outcomes.filter(({ severity }) => severity === 'error').length;
  const fixable = outcomes.filter(({ edits }) => edits.length > 0).length;
  return { errors, warnings: outcomes.length - errors, fixable };
}

/** The answer as JSON, for programs: the fields are a promise. */
export function lintJson(outcomes: readonly Outcome[]): string {
  const findings = outcomes.map(({ rule, severity, summary, detail, at, edits }) => ({
    rule,
    severity,
    summary,
    detail,
    ...(at === undefined ? {} : { file: at.file, line: at.line, column: at.column, length: at.length }),
    fixable: edits.length > 0,
  }));
  return `${JSON.stringify({ findings, ...countOutcomes(outcomes) }, undefined, 2)}\n`;
}

/** Who made the log, and where its files are. */
export interface SarifOrigin {
  readonly version: string;
  readonly cwd: string;
}

interface SarifRule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly [more: string]: unknown;
}

/** The answer as a SARIF 2.1.0 log, which code hosts and editors show beside the lines. */
export function lintSarif(outcomes: readonly Outcome[], { version, cwd }: SarifOrigin): string {
  const rules = sarifRules();
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  const driver = { name: 'oms-play', semanticVersion: version, rules };
  const run = {
    tool: { driver },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { ROOT: { uri: `${pathToFileURL(cwd).href}/` } },
    results: outcomes.map((outcome) => sarifResult(outcome, indexes, cwd)),
  };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [run],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function sarifRules(): readonly SarifRule[] {
  const own = lintRules.map(({ name, summary, why, fix, severity }) => ({
    id: name,
    shortDescription: { text: summary },
    fullDescription: { text: why },
    help: { text: fix },
    defaultConfiguration: { level: severity },
  }));
  const ofLoading = Object.entries(loadRules).map(([id, text]) => ({ id, shortDescription: { text } }));
  return [...own, ...ofLoading];
}

function sarifResult(outcome: Outcome, indexes: ReadonlyMap<string, number>, cwd: string): object {
  const { rule, severity, summary, detail, at, edits } = outcome;
  return {
    ruleId: rule,
    ruleIndex: indexes.get(rule) ?? -1,
    level: severity,
    message: { text: `${summary}: ${detail}` },
    locations: at === undefined ? [] : [{ physicalLocation: sarifPlace(at, cwd) }],
    ...(edits.length === 0 ? {} : { fixes: edits.map((edit) => sarifFix(edit, cwd)) }),
  };
}

function sarifFix({ at, text }: Edit, cwd: string): object {
  const replacements = [{ deletedRegion: regionOf(at), insertedContent: { text } }];
  return { artifactChanges: [{ artifactLocation: artifactOf(at, cwd), replacements }] };
}

function sarifPlace(at: SourceRange, cwd: string): object {
  return { artifactLocation: artifactOf(at, cwd), region: regionOf(at) };
}

function artifactOf({ file }: SourceRange, cwd: string): object {
  const isBelow = !file.startsWith('/');
  return isBelow
    ? { uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: 'ROOT' }
    : { uri: pathToFileURL(resolve(cwd, file)).href };
}

function regionOf({ line, column, length }: SourceRange): object {
  return { startLine: line, startColumn: column, endColumn: column + length };
}
