import type { ShellCommand } from './command.ts';
import type { Become, CommandOutput, ExecResult, Link } from './contract.ts';
import type { CommandOptions, NodeWriter, Pace } from './node.ts';
import type { RunScope } from './run-scope.ts';
import type { AroundUpload } from './send-file.ts';

/** Takes the output of one command. */
export interface OutputSink {
  write(stream: 'stdout' | 'stderr', text: string): void;
  /** There is no more to come. */
  end(): void;
  /** Of each stream so many bytes are wanted in the command's result; default: all. */
  readonly keepBytes?: number | undefined;
  /** Called behind {@link end} with what was kept of the output; gives what the caller of `run` is to have. */
  complete?(output: CommandOutput): CommandOutput;
}

export interface NodeOptions {
  readonly name: string;
  readonly address: string;
  /** Opens the way when it is first needed; called often. */
  readonly link: () => Promise<Link>;
  /** Closes the way, so that `link` opens another. */
  readonly dropLink?: (() => Promise<void>) | undefined;
  readonly become?: Become | undefined;
  /** Runs the commands of `run` that are not brief, another way; undefined: as usual. */
  readonly runInstead?:
    ((node: NodeWriter, command: ShellCommand, options: CommandOptions) => Promise<ExecResult>) | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** For each command; one that has a shorter limit of its own keeps that. */
  readonly timeoutMs?: number | undefined;
  /** Called with each command, which it has to run, and give a limit. */
  readonly aroundCommand?:
    ((run: (limitMs: number) => Promise<ExecResult>) => Promise<ExecResult>) | undefined;
  /** Called for each `run`: where its output goes while it comes. */
  readonly openOutput?: (() => OutputSink) | undefined;
  readonly onProgress?:
    ((label: string, done: number, total: number, unit: 'bytes' | 'steps' | Pace) => void) | undefined;
  readonly region?: string | undefined;
  /** Without it the node is in a run of its own that never ends. */
  readonly scope?: RunScope | undefined;
  /** Where neighbours find it, when that is not `address`. */
  readonly peerAddress?: string | undefined;
  readonly neighbour?: ((name: string) => NodeWriter | undefined) | undefined;
  /** Called with the sending of each large file, which it has to start. */
  readonly aroundUpload?: AroundUpload | undefined;
  /** Called when something that writes was put in line in the node's shell; what it gives, when that has ended. */
  readonly onWrite?: (() => () => void) | undefined;
  /** The largest file that `readFile` brings over; default 64 MiB. */
  readonly limitBytes?: number | undefined;
}
