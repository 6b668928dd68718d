import { wordsOf } from '../model/data.ts';
import type { PlayPlan, StepPlan, TaskPlan } from '../model/plan.ts';
import type { Play, Task, TaskItem } from '../model/playbook.ts';
import { GATHERING } from '../plan/facts.ts';
import { tasksOf } from '../plan/steps.ts';
import type { Project } from './project.ts';
import { placeKey } from './unique.ts';

export interface ListChoice {
  readonly listHosts: boolean;
  readonly listTasks: boolean;
  readonly listTags: boolean;
}

interface TaskWords {
  readonly name: string;
  readonly tags: readonly string[];
}

/** What is written about every task, by its place. */
type Written = ReadonlyMap<string, TaskWords>;

/** What `--list-hosts`, `--list-tasks` and `--list-tags` print: play by play. */
export function listPlan(project: Project, choice: ListChoice): string {
  const plays = project.playbooks.flatMap((playbook) => playbook.plays);
  const lines = project.plan.plays.flatMap((plan, i) => {
    const written = wordsByPlace(plays[i]);
    return [
      `PLAY ${plan.name}`,
      ...(choice.listHosts ? hostLines(plan) : []),
      ...(choice.listTasks ? plan.steps.flatMap((step) => stepLines(step, written)) : []),
      ...(choice.listTags ? [`  TAGS: [${allTags(written).join(', ')}]`] : []),
      '',
    ];
  });
  return lines.join('\n');
}

function allTags(written: Written): readonly string[] {
  return [...new Set([...written.values()].flatMap(({ tags }) => tags))].sort();
}

function hostLines(play: PlayPlan): readonly string[] {
  return play.regions.flatMap(({ name, batches }) => {
    const nodes = batches.flat();
    return [
      `  REGION ${name}  (${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'})`,
      ...nodes.map((node) => `    ${node}`),
    ];
  });
}

function stepLines(step: StepPlan, written: Written): readonly string[] {
  // The loop of a block is no task of its own.
  const tasks = tasksOf(step).filter(({ module }) => module !== 'block');
  return tasks.map((task) => {
    const { name, tags } = written.get(placeKey(task.at)) ?? unwritten(task);
    const role = task.role === undefined ? '' : `${task.role.name} : `;
    const shown = task.meta !== undefined && name === task.module ? `${name}: ${task.meta}` : name;
    return `  ${role}${shown || task.module}${tags.length === 0 ? '' : `  TAGS: [${tags.join(', ')}]`}`;
  });
}

/** Tasks that nobody wrote: gathering facts, checking the arguments of a role. */
function unwritten({ gathersFacts, name }: TaskPlan): TaskWords {
  if (gathersFacts !== undefined) return { name: GATHERING, tags: ['always'] };
  const fixed = name.constant ? wordsOf(name.render({ get: () => undefined, names: () => [] })) : '';
  return { name: fixed, tags: ['always'] };
}

function wordsByPlace(play: Play | undefined): Written {
  const found = new Map<string, TaskWords>();
  if (play === undefined) return found;
  const walk = (items: readonly TaskItem[], outer: readonly string[]): void => {
    for (const item of items) {
      if (item.kind === 'role') {
        walkRoles([item.use], outer, walk);
        continue;
      }
      const tags = [...new Set([...outer, ...item.keywords.tags])];
      if (item.kind === 'task') {
        found.set(placeKey(item.at), { name: item.name, tags });
        walkInclude(item, outer, walk);
      } else for (const part of [item.block, item.rescue, item.always]) walk(part, tags);
    }
  };
  const own = play.keywords.tags;
  for (const part of [play.preTasks, play.tasks, play.postTasks]) walk(part, own);
  walkRoles(play.roles, own, walk);
  return found;
}

/** What an include brings has its own tags, and those that `apply` gives. */
function walkInclude(
  { include }: Task,
  outer: readonly string[],
  walk: (items: readonly TaskItem[], outer: readonly string[]) => void,
): void {
  const tags = [...outer, ...(include?.apply.tags ?? [])];
  const { content } = include ?? {};
  if (content?.kind === 'tasks') walk(content.items, tags);
  if (content?.kind === 'role') walkRoles([content.use], tags, walk);
}

function walkRoles(
  uses: Play['roles'],
  outer: readonly string[],
  walk: (items: readonly TaskItem[], outer: readonly string[]) => void,
): void {
  for (const use of uses) {
    const tags = [...outer, ...use.keywords.tags];
    walk(use.role.tasks, tags);
    walkRoles(use.role.dependencies, tags, walk);
  }
}
