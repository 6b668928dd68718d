import type { SourceNode } from '../model/source.ts';
import type { AnyModule } from '../modules/define.ts';
import { isQuiet } from './noqa.ts';
import type { Hit, LintFile, LintProject, LintRule, LintTask, Report } from './rule.ts';
import { tasksIn, valuesIn } from './walk.ts';

/** What a rule found in a judged file. */
export interface Finding extends Hit {
  readonly rule: LintRule;
}

/** Everything the rules look at, from files that are read. */
export function lintProject(
  files: readonly LintFile[],
  modules: ReadonlyMap<string, AnyModule>,
): LintProject {
  const moduleNames = new Set(modules.keys());
  return { files, modules, tasks: files.flatMap((file) => tasksIn(file, moduleNames)) };
}

/** All that the rules find, without what `# noqa` allows. */
export function findAll(project: LintProject, rules: readonly LintRule[]): readonly Finding[] {
  const judged = new Map(project.files.filter((file) => file.judged).map((file) => [file.shown, file]));
  const found: Finding[] = [];
  const reportOf =
    (rule: LintRule, task?: LintTask): Report =>
    (hit) => {
      const file = judged.get(hit.at.file);
      const placed = task === undefined ? hit : { ...hit, taskLine: task.map.at.line };
      if (file !== undefined && !isQuiet(file, placed, rule.name)) found.push({ ...placed, rule });
    };
  for (const rule of rules) rule.project?.(project, reportOf(rule));
  const ofTasks = rules.filter((rule) => rule.task !== undefined);
  for (const task of project.tasks) {
    if (!task.file.judged) continue;
    for (const rule of ofTasks) rule.task?.(task, reportOf(rule, task), project);
  }
  const ofValues = rules.filter((rule) => rule.value !== undefined);
  const tasks = new Map<SourceNode, LintTask>(project.tasks.map((task) => [task.map, task]));
  for (const file of judged.values()) {
    valuesIn(file, tasks, (value) => {
      for (const rule of ofValues) rule.value?.(value, reportOf(rule, value.task), project);
    });
  }
  return found;
}
