import type { CommandOptions } from '../../transport/node.ts';
import type { ShellCommand } from '../../transport/command.ts';
import { sh } from '../../transport/command.ts';
import { ModuleError } from '../define.ts';
import { SECRET_NAME } from '../docker/names.ts';
import type { ContainerArgs } from './args.ts';
import { commandWords } from './aspects.ts';

/** A command with what it needs beside its words. */
export interface PreparedCommand {
  readonly command: ShellCommand;
  readonly options: CommandOptions;
}

/** `docker run -d` or `docker create` of a container as described, from `image`. */
export function runCommand(args: ContainerArgs, image: string, start: boolean): PreparedCommand {
  const secrets = secretEnv(args);
  const words = [
    ...(start ? ['run', '-d'] : ['create']),
    ...processOptions(args),
    ...(args.network_mode === undefined ? [] : ['--net', args.network_mode]),
    ...(args.volumes ?? []).flatMap((volume) => ['-v', volume]),
    ...(args.published_ports ?? []).flatMap((port) => ['-p', port]),
    ...envOptions(args),
    ...Object.entries(args.labels ?? {}).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
    ...limitOptions(args),
    '--name',
    args.name,
    image,
    ...(args.command === undefined ? [] : commandWords(args.command)),
  ];
  return {
    command: sh`docker ${words}`,
    options: Object.keys(secrets).length === 0 ? {} : { environment: secrets },
  };
}

/** The options of `docker update` for what can be changed while the container runs. */
export function updateOptions(args: ContainerArgs, names: readonly string[]): readonly string[] {
  const { memory, cpus, restart_policy: policy } = args;
  return [
    // Without the second, docker refuses a limit above the swap limit that it derived from the first one.
    ...(names.includes('memory') && memory !== undefined
      ? ['--memory', `${memory}`, '--memory-swap', swap(memory)]
      : []),
    ...(names.includes('cpus') && cpus !== undefined ? ['--cpus', `${cpus}`] : []),
    ...(names.includes('restart_policy') && policy !== undefined ? ['--restart', policy] : []),
  ];
}

function swap(memory: number): string {
  return memory === 0 ? '-1' : `${memory * 2}`;
}

function processOptions(args: ContainerArgs): readonly string[] {
  return [
    ...(args.interactive === true ? ['-i'] : []),
    ...(args.tty === true ? ['-t'] : []),
    ...(args.user === undefined ? [] : ['--user', args.user]),
    ...(args.hostname === undefined ? [] : ['--hostname', args.hostname]),
  ];
}

function limitOptions(args: ContainerArgs): readonly string[] {
  const { pids_limit: pids, restart_policy: policy, memory, cpus, stop_timeout: stop } = args;
  return [
    ...(args.privileged === undefined ? [] : [`--privileged=${args.privileged}`]),
    ...(pids === undefined ? [] : ['--pids-limit', `${pids}`]),
    ...(args.ulimits ?? []).flatMap((limit) => ['--ulimit', limit.replace(':', '=')]),
    ...(policy === undefined ? [] : ['--restart', policy]),
    ...(memory === undefined ? [] : ['--memory', `${memory}`]),
    ...(cpus === undefined ? [] : ['--cpus', `${cpus}`]),
    ...(stop === undefined ? [] : ['--stop-timeout', `${stop}`]),
  ];
}

function envOptions(args: ContainerArgs): readonly string[] {
  // A name without a value is taken from docker's own environment: secrets stay out of the argument list.
  return Object.entries(args.env ?? {}).flatMap(([key, value]) =>
    SECRET_NAME.test(key) ? ['-e', key] : ['-e', `${key}=${value}`],
  );
}

function secretEnv(args: ContainerArgs): Record<string, string> {
  const secrets = Object.entries(args.env ?? {}).filter(([key]) => SECRET_NAME.test(key));
  for (const [key] of secrets) {
    if (/^[A-Za-z_]\w*$/.test(key)) continue;
    throw new ModuleError({
      message: `the environment variable ${key} looks like a secret, and its name cannot be passed on safely`,
      hint: 'use a name of letters, digits and underscores',
    });
  }
  return Object.fromEntries(secrets);
}
