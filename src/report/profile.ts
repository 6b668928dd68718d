import type { RunEvent, TaskFinished } from '../events/event.ts';
import type { AheadCounts, ConnectionProfile, NodeProfile, PhaseTimes } from '../events/profile.ts';
import { taskTitle } from './closing.ts';

/** Where the time of a run went. All times are milliseconds. */
export interface ProfileSummary {
  readonly wallMs: number;
  /** Of all nodes together. */
  readonly phases: PhaseTimes;
  /** The sum of the phases. */
  readonly busyMs: number;
  /** What is left of the nodes' time: not begun, in step with others, done. */
  readonly idleMs: number;
  /** In the order of the first node that came to them. */
  readonly tasks: readonly TaskTimes[];
  readonly nodes: readonly NodeTimes[];
  readonly ahead: AheadCounts;
}

/** A task's work, without waiting for a place or a connection: that is not of its making. */
export interface TaskTimes {
  readonly title: string;
  /** On all nodes together. */
  readonly workMs: number;
  readonly nodes: number;
  readonly slowestMs: number;
  readonly slowestNode: string;
}

export interface NodeTimes {
  readonly node: string;
  readonly busyMs: number;
  readonly phases: PhaseTimes;
  /** undefined: it was never connected to. */
  readonly connection: ConnectionProfile | undefined;
}

/** In the order in which a task goes through them. */
export const phaseNames = [
  'waitMs',
  'connectMs',
  'checkMs',
  'applyMs',
  'transferMs',
  'pauseMs',
  'otherMs',
] as const satisfies readonly (keyof PhaseTimes)[];

const aheadNames = [
  'asked',
  'used',
  'changedSince',
  'otherArguments',
  'unused',
  'notAsked',
] as const satisfies readonly (keyof AheadCounts)[];

/** Adds up the events of a run that was measured. */
export interface ProfileFold {
  take(event: RunEvent): void;
  summary(): ProfileSummary;
}

type Changing<T> = { -readonly [K in keyof T]: T[K] };

export function createProfileFold(): ProfileFold {
  const tasks = new Map<number, Changing<TaskTimes>>();
  const nodes: NodeProfile[] = [];
  let wallMs = 0;
  return {
    take(event) {
      if (event.type === 'task-finished') addTask(tasks, event);
      else if (event.type === 'node-profile') nodes.push(event);
      else if (event.type === 'run-finished') wallMs = event.durationMs;
    },
    summary() {
      const phases = addAll(
        nodes.map((node) => node.phases),
        phaseNames,
      );
      const busyMs = busy(phases);
      // A node that others' tasks were delegated to has none of its own.
      const workers = nodes.filter((node) => busy(node.phases) > 0).length;
      return {
        wallMs,
        phases,
        busyMs,
        idleMs: Math.max(0, workers * wallMs - busyMs),
        tasks: [...tasks.values()],
        nodes: nodes.map(nodeTimes),
        ahead: addAll(
          nodes.map((node) => node.ahead),
          aheadNames,
        ),
      };
    },
  };
}

function addTask(tasks: Map<number, Changing<TaskTimes>>, event: TaskFinished): void {
  // The event of a whole loop has the times of its items.
  if (event.profile === undefined || event.item !== undefined) return;
  const { waitMs, connectMs } = event.profile.phases;
  const workMs = busy(event.profile.phases) - waitMs - connectMs;
  const task = tasks.get(event.task) ?? {
    title: taskTitle(event),
    workMs: 0,
    nodes: 0,
    slowestMs: -1,
    slowestNode: '',
  };
  tasks.set(event.task, task);
  task.workMs += workMs;
  task.nodes += 1;
  if (workMs <= task.slowestMs) return;
  task.slowestMs = workMs;
  task.slowestNode = event.node;
}

function nodeTimes({ node, phases, connection }: NodeProfile): NodeTimes {
  return { node, busyMs: busy(phases), phases, connection };
}

function busy(phases: PhaseTimes): number {
  return phaseNames.reduce((sum, name) => sum + phases[name], 0);
}

function addAll<T>(all: readonly T[], names: readonly (keyof T)[]): T {
  const total = (name: keyof T): number => all.reduce((sum, one) => sum + Number(one[name]), 0);
  return Object.fromEntries(names.map((name) => [name, total(name)])) as T;
}
