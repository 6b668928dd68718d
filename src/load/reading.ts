import type { TaskItem } from '../model/playbook.ts';
import type { SourceNode } from '../model/source.ts';
import type { RoleLibrary } from './role-library.ts';
import type { Report } from './shape.ts';
import type { Sources } from './sources.ts';

/** What tasks are read with, and where they stand. */
export interface TaskReading {
  readonly sources: Sources;
  readonly report: Report;
  readonly moduleNames: ReadonlySet<string>;
  readonly roles: RoleLibrary;
  /** Folder of the role that they belong to. */
  readonly roleDir?: string;
  readonly playbookDir: string;
  /** Files that lead here, outermost first. */
  readonly importing?: readonly string[];
  /** How many files may still be taken in: each that takes in two that take in two … would never end. */
  readonly budget?: { left: number };
  /** Roles that lead here, outermost first. */
  readonly users?: readonly string[];
}

/** Reads the tasks of a file; `what` names them in messages. */
export type TaskReader = (node: SourceNode, what: string, reading: TaskReading) => readonly TaskItem[];
