import * as z from 'zod';
import type { CommandOutput } from '../transport/contract.ts';

const truncated = (stream: string): z.ZodOptional<z.ZodLiteral<true>> =>
  z
    .literal(true)
    .optional()
    .describe(`Set when ${stream} was too large to be kept: then it holds only its beginning and its end.`);
const file = (stream: string): z.ZodOptional<z.ZodString> =>
  z
    .string()
    .optional()
    .describe(
      `File on the controller with all of ${stream}, secrets as ***; set when it was too large to be kept.`,
    );

/** What the results of commands say about outputs that were too large to be kept. */
export const outputFields = {
  stdout_truncated: truncated('stdout'),
  stdout_file: file('stdout'),
  stderr_truncated: truncated('stderr'),
  stderr_file: file('stderr'),
};

export interface OutputFields {
  readonly stdout_truncated?: true;
  readonly stdout_file?: string;
  readonly stderr_truncated?: true;
  readonly stderr_file?: string;
}

/** The values of {@link outputFields}; none for outputs of usual size. */
export function outputFieldsOf({ cut, files }: CommandOutput): OutputFields {
  return {
    ...(cut?.stdout === undefined ? {} : { stdout_truncated: true }),
    ...(files?.stdout === undefined ? {} : { stdout_file: files.stdout }),
    ...(cut?.stderr === undefined ? {} : { stderr_truncated: true }),
    ...(files?.stderr === undefined ? {} : { stderr_file: files.stderr }),
  };
}
