import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { loadRules } from '../lint/load-rules.ts';
import { countOutcomes, lintJson, lintSarif } from '../lint/output.ts';
import type { Outcome } from '../lint/outcome.ts';
import { lintRules } from '../lint/rules.ts';
import type { LintCommandOptions } from './command-options.ts';
import type { Io } from './io.ts';
import type { Linted } from './lint-answer.ts';
import { packageVersion } from './package-root.ts';
import { showProblems } from './show-problems.ts';

/** Prints the answer in the form that is asked for; gives the exit code. */
export function showLint({ outcomes, texts, mask }: Linted, options: LintCommandOptions, io: Io): number {
  const { errors, warnings, fixable } = countOutcomes(outcomes);
  if (options.output === 'json') io.stdout.write(mask(lintJson(outcomes)));
  else if (options.output === 'sarif') {
    io.stdout.write(mask(lintSarif(outcomes, { version: packageVersion(), cwd: io.cwd })));
  } else {
    showProblems({ problems: outcomes.map(asDiagnostic), texts, masker: { mask } }, io);
    if (outcomes.length === 0) io.stdout.write('no problems\n');
    if (fixable > 0) io.stderr.write(`${fixable} of them can be mended with --fix\n`);
  }
  return errors > 0 || (options.strict && warnings > 0) ? 1 : 0;
}

function asDiagnostic({ rule, severity, summary, detail, at }: Outcome): Diagnostic {
  // The code is for programs, and these are drawn for people, who see the rule's name.
  const code = 'bad-value';
  return { code, severity, summary: `${summary} [${rule}]`, detail, ...(at === undefined ? {} : { at }) };
}

/** `--list-rules`. */
export function listRules(io: Io): number {
  const rows = [
    ...lintRules.map(({ name, severity, summary, bad }) => {
      return [name, severity, bad.fixed === undefined ? '' : 'fix', summary] as const;
    }),
    ...Object.entries(loadRules).map(([name, text]) => [name, 'error', '', text] as const),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, severity, fix, text]) => {
    return `${name.padEnd(width)}  ${severity.padEnd(7)}  ${fix.padEnd(3)}  ${text}`;
  });
  io.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}
