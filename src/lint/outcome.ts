import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceRange } from '../model/source.ts';
import type { Finding } from './check.ts';
import { isQuiet } from './noqa.ts';
import type { Edit, LintFile } from './rule.ts';

/** One line of lint's answer: what a rule found, or what loading complains of. */
export interface Outcome {
  /** Name of the rule; for loading the code of the problem. */
  readonly rule: string;
  readonly severity: Diagnostic['severity'];
  readonly summary: string;
  readonly detail: string;
  readonly at: SourceRange | undefined;
  readonly edits: readonly Edit[];
}

/** Which rules count, by name. */
export interface RuleChoice {
  /** False: what the rule finds is not told, unless it is an error of loading. */
  readonly isChosen: (rule: string) => boolean;
  /** What these find is a warning. */
  readonly warnOnly: ReadonlySet<string>;
}

/** The finds of rules and of loading together, in the order of files and lines; of two at one place the rule's. */
export function outcomes(
  found: { readonly problems: readonly Diagnostic[]; readonly findings: readonly Finding[] },
  files: readonly LintFile[],
  choice: RuleChoice,
): readonly Outcome[] {
  const findings = found.findings.filter(({ rule }) => choice.isChosen(rule.name));
  const restated = restatedBy(found.problems, findings);
  const told = new Set([...restated.values()].flat());
  const byName = new Map(files.map((file) => [file.shown, file]));
  const problems = found.problems
    .filter((problem) => !told.has(problem))
    .filter((problem) => problem.severity === 'error' || isTold(problem, byName, choice))
    .map(ofProblem);
  const ofRules = findings.map((finding) => ofFinding(finding, choice, restated.get(finding) ?? []));
  return [...problems, ...ofRules].sort(byPlace);
}

/** The problems of loading that a rule says better, by its find. */
function restatedBy(
  problems: readonly Diagnostic[],
  findings: readonly Finding[],
): ReadonlyMap<Finding, readonly Diagnostic[]> {
  const byPlace = new Map<string, Diagnostic[]>();
  for (const problem of problems) {
    if (problem.at === undefined) continue;
    const key = `${placeOf(problem)} ${problem.code}`;
    byPlace.set(key, [...(byPlace.get(key) ?? []), problem]);
  }
  const restated = (finding: Finding): readonly Diagnostic[] =>
    (finding.rule.restates ?? []).flatMap((code) => byPlace.get(`${placeOf(finding)} ${code}`) ?? []);
  return new Map(findings.map((finding) => [finding, restated(finding)]));
}

function ofFinding(finding: Finding, { warnOnly }: RuleChoice, restated: readonly Diagnostic[]): Outcome {
  const { rule, at, detail, edits = [] } = finding;
  // What cannot run stays an error, whatever is said of the rule.
  const mild = warnOnly.has(rule.name) ? 'warning' : rule.severity;
  const severity = restated.some((problem) => problem.severity === 'error') ? 'error' : mild;
  return { rule: rule.name, severity, summary: rule.summary, detail, at, edits };
}

function ofProblem({ code, severity, summary, detail, at }: Diagnostic): Outcome {
  return { rule: code, severity, summary, detail, at, edits: [] };
}

function isTold(
  { code, at }: Diagnostic,
  files: ReadonlyMap<string, LintFile>,
  { isChosen }: RuleChoice,
): boolean {
  const file = at && files.get(at.file);
  return isChosen(code) && (at === undefined || file === undefined || !isQuiet(file, { at }, code));
}

function placeOf({ at }: { readonly at?: SourceRange | undefined }): string {
  return at === undefined ? '' : `${at.file}:${at.line}:${at.column}`;
}

function byPlace({ at: one }: Outcome, { at: two }: Outcome): number {
  if (one === undefined || two === undefined) return Number(one !== undefined) - Number(two !== undefined);
  if (one.file !== two.file) return one.file < two.file ? -1 : 1;
  return one.line - two.line || one.column - two.column;
}
