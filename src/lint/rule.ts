import type { DiagnosticCode } from '../diagnostics/diagnostic.ts';
import type { SourceEntry, SourceMap, SourceNode, SourceRange, SourceScalar } from '../model/source.ts';
import type { AnyModule } from '../modules/define.ts';

/** What a file is for, which decides how it is read. */
export type FileKind = 'playbook' | 'tasks' | 'handlers' | 'vars' | 'inventory' | 'ini' | 'template';

/** A file of the user's, with every value's place. */
export interface LintFile {
  /** Absolute. */
  readonly path: string;
  /** As places name it. */
  readonly shown: string;
  readonly kind: FileKind;
  readonly lines: readonly string[];
  readonly tree: SourceNode | undefined;
  /** The folder of the role it belongs to. */
  readonly role: string | undefined;
  /** False: it is read for what it says, and not judged. */
  readonly judged: boolean;
}

/** A task or handler as it is written, whether it could be loaded or not. */
export interface LintTask {
  readonly file: LintFile;
  readonly map: SourceMap;
  readonly scope: 'task' | 'handler';
  /** The key that names the module, and the name without its collection; undefined: there is none. */
  readonly module: { readonly name: string; readonly entry: SourceEntry } | undefined;
  /** The play and the blocks around it, outermost first. */
  readonly around: readonly SourceMap[];
}

/** A scalar and the keys that lead to it from its task, play or file. */
export interface LintValue {
  readonly file: LintFile;
  readonly node: SourceScalar;
  readonly keys: readonly string[];
  readonly task: LintTask | undefined;
}

/** All that is looked at together. */
export interface LintProject {
  readonly files: readonly LintFile[];
  readonly tasks: readonly LintTask[];
  readonly modules: ReadonlyMap<string, AnyModule>;
}

/** A text in the place of what stands there. */
export interface Edit {
  readonly at: SourceRange;
  readonly text: string;
}

/** One find of a rule. `detail`: what, why, how to mend; never a secret. */
export interface Hit {
  readonly at: SourceRange;
  readonly detail: string;
  /** What mends it without changing what is meant. */
  readonly edits?: readonly Edit[];
  /** First line of its task: a `# noqa` there counts too. */
  readonly taskLine?: number;
}

/** Takes a find; the rule goes on. */
export type Report = (hit: Hit) => void;

/** A text that shows a rule: `at` is where the bad one is found, `fixed` what --fix makes of it. */
export interface RuleExample {
  readonly kind: FileKind;
  readonly text: string;
  readonly at?: string;
  readonly fixed?: string;
}

/** A named rule with all that its page says. Functions that look are asked for every part of every judged file. */
export interface LintRule {
  /** kebab-case. */
  readonly name: string;
  readonly severity: 'error' | 'warning';
  /** Fixed words, no names. */
  readonly summary: string;
  readonly why: string;
  /** How to mend it. */
  readonly fix: string;
  /** Problems of loading that say the same of the same place: the rule's words are told in their place. */
  readonly restates?: readonly DiagnosticCode[];
  readonly bad: RuleExample;
  readonly good: RuleExample;
  readonly task?: (task: LintTask, report: Report, project: LintProject) => void;
  readonly value?: (value: LintValue, report: Report, project: LintProject) => void;
  readonly project?: (project: LintProject, report: Report) => void;
}
