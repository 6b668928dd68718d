import * as z from 'zod';
import type { Change } from '../../model/result.ts';
import type { Step } from '../steps.ts';

/** States that a task may ask for. */
export const serviceState = z.enum(['started', 'stopped', 'restarted', 'reloaded']);

export type ServiceState = z.output<typeof serviceState>;

/** What a service manager is told. */
export type Action = 'start' | 'stop' | 'restart' | 'reload';

/** What has to be done for a state; undefined: nothing. What is stopped cannot be reloaded: it is started. */
export function actionFor(state: ServiceState | undefined, running: boolean): Action | undefined {
  switch (state) {
    case 'started':
      return running ? undefined : 'start';
    case 'stopped':
      return running ? 'stop' : undefined;
    case 'restarted':
      return 'restart';
    case 'reloaded':
      return running ? 'reload' : 'start';
    case undefined:
      return undefined;
  }
}

const AFTER: Readonly<Record<Action, string>> = {
  start: 'started',
  stop: 'stopped',
  restart: 'restarted',
  reload: 'reloaded',
};

/** "stopped → started" */
export function actionChange(name: string, action: Action, running: boolean): Change {
  return { subject: name, summary: `${running ? 'started' : 'stopped'} → ${AFTER[action]}` };
}

/** "disabled → enabled" */
export function enabledChange(name: string, enabled: boolean): Change {
  return { subject: name, summary: enabled ? 'disabled → enabled' : 'enabled → disabled' };
}

/** What could not be done, for messages. */
export function failureOf(name: string, what: string): string {
  return `could not ${what} ${name}`;
}

/** What is needed for a service to be as it is wanted. */
export interface ServicePlan {
  readonly changes: readonly Change[];
  readonly steps: readonly Step[];
}
