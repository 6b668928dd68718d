import type { TaskPlan } from '../model/plan.ts';
import type { Failure } from '../model/result.ts';
import { UnknownValueError } from '../model/data.ts';
import { ModuleError } from '../modules/define.ts';
import { TemplateError } from '../template/errors.ts';
import { TaskTimeoutError, TransportError, type TransportErrorKind } from '../transport/contract.ts';
import { NodeError } from '../transport/node-error.ts';
import { failed, unknownOutcome, type Outcome } from './outcome.ts';

/** These kinds say that the way to the node works but what was asked of it does not. */
const failedKinds: readonly TransportErrorKind[] = [
  'become-password',
  'become-refused',
  'forward-refused',
  'interrupted',
];

/** What an error that a task ended with means for its node. */
export function failureOutcome(error: unknown, task: TaskPlan): Outcome {
  if (error instanceof UnknownValueError) return unknownOutcome(error.reason, task.factNames);
  if (error instanceof TransportError && !failedKinds.includes(error.kind)) return unreachable(error);
  const result = error instanceof ModuleError ? { ...error.result } : {};
  return failed(failureOf(error, task), result);
}

function unreachable(error: TransportError): Outcome {
  const failure = withHint({ message: error.message }, error.hint);
  const result = { changed: false, failed: false, skipped: false, unreachable: true, msg: error.message };
  return { status: 'unreachable', result, changes: [], failure };
}

function failureOf(error: unknown, task: TaskPlan): Failure {
  if (error instanceof ModuleError) return error.failure;
  if (error instanceof TransportError || error instanceof NodeError) {
    return withHint({ message: error.message }, error.hint);
  }
  if (error instanceof TemplateError) {
    const { file, line, column } = error.at;
    return { message: `${file}:${line}:${column}: ${error.message}` };
  }
  if (error instanceof TaskTimeoutError) {
    return { message: error.message, stdout: error.stdout.toString(), stderr: error.stderr.toString() };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    message: `internal error in module "${task.module}": ${message}`,
    hint: `A mistake in the module's code${placeOf(error)}; please report it to who wrote it.`,
  };
}

/** The file and line that an unforeseen error was thrown at. */
function placeOf(error: unknown): string {
  const frame =
    error instanceof Error
      ? /^ {4}at .*?(?:file:\/\/)?(\/[^()]*:\d+:\d+)\)?$/m.exec(error.stack ?? '')
      : null;
  return frame?.[1] === undefined ? '' : ` at ${frame[1]}`;
}

function withHint(failure: Failure, hint: string | undefined): Failure {
  return hint === undefined ? failure : { ...failure, hint };
}
