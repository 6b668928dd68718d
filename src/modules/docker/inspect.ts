import * as z from 'zod';
import { sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { ModuleError } from '../define.ts';
import { requireDocker } from './engine.ts';

const imageSchema = z.object({
  Id: z.string(),
  RepoTags: z.array(z.string()).nullish(),
  Created: z.string().nullish(),
  Descriptor: z.object({}).optional(),
  RootFS: z.object({ Layers: z.array(z.string()).nullish() }).nullish(),
});

const portBinding = z.object({ HostIp: z.string().nullish(), HostPort: z.string().nullish() });

const containerSchema = z.object({
  Id: z.string(),
  Name: z.string(),
  Image: z.string(),
  Created: z.string(),
  State: z.object({
    Status: z.string(),
    Running: z.boolean(),
    Paused: z.boolean(),
    Restarting: z.boolean(),
    ExitCode: z.number(),
    Error: z.string().nullish(),
    StartedAt: z.string(),
    Health: z.object({ Status: z.string() }).nullish(),
  }),
  Config: z.object({
    Image: z.string(),
    Hostname: z.string().nullish(),
    User: z.string().nullish(),
    Env: z.array(z.string()).nullish(),
    Cmd: z.array(z.string()).nullish(),
    Labels: z.record(z.string(), z.string()).nullish(),
    Tty: z.boolean(),
    OpenStdin: z.boolean(),
  }),
  HostConfig: z.object({
    Binds: z.array(z.string()).nullish(),
    NetworkMode: z.string(),
    Privileged: z.boolean(),
    PidsLimit: z.number().nullish(),
    Ulimits: z.array(z.object({ Name: z.string(), Soft: z.number(), Hard: z.number() })).nullish(),
    RestartPolicy: z.object({ Name: z.string(), MaximumRetryCount: z.number().nullish() }).nullish(),
    Memory: z.number().nullish(),
    NanoCpus: z.number().nullish(),
    PortBindings: z.record(z.string(), z.array(portBinding).nullish()).nullish(),
  }),
});

/** What `docker image inspect` says, as far as it is used. */
export type ImageInfo = z.output<typeof imageSchema>;
/** What `docker inspect` says of a container, as far as it is used. */
export type ContainerInfo = z.output<typeof containerSchema>;

/** The images that the node has, of those asked for by name or ID. Throws ModuleError when Docker cannot be used. */
export async function inspectImages(
  node: NodeReader,
  refs: readonly string[],
): Promise<readonly ImageInfo[]> {
  const seen = await node.query(sh`docker image inspect --format '{{json .}}' ${refs}`);
  // One exit code stands for "not there" and for "no engine": only the probe tells.
  if (seen.exitCode !== 0) await requireDocker(node);
  return parseLines(seen.stdout, imageSchema, node.name);
}

/** One image by name or ID; undefined: the node does not have it. */
export async function inspectImage(node: NodeReader, ref: string): Promise<ImageInfo | undefined> {
  return (await inspectImages(node, [ref]))[0];
}

/** The container of exactly that name, or of an ID of at least twelve digits; undefined: there is none. */
export async function inspectContainer(node: NodeReader, name: string): Promise<ContainerInfo | undefined> {
  const seen = await node.query(sh`docker inspect --type container --format '{{json .}}' ${name}`);
  if (seen.exitCode !== 0) {
    await requireDocker(node);
    return undefined;
  }
  const found = parseLines(seen.stdout, containerSchema, node.name)[0];
  // Docker also answers to the first digits of an ID; that would be some other container.
  return found?.Name === `/${name}` || (name.length >= 12 && found?.Id.startsWith(name)) ? found : undefined;
}

/** What `docker ps --format '{{.ID}} {{.Names}}'` lists for a name filter, as pairs of ID and name. */
export async function listContainers(
  node: NodeReader,
  nameFilter: string,
): Promise<readonly (readonly [id: string, name: string])[]> {
  const filter = `name=${nameFilter}`;
  const seen = await node.query(sh`docker ps -a --no-trunc --filter ${filter} --format '{{.ID}} {{.Names}}'`);
  if (seen.exitCode !== 0) await requireDocker(node);
  const lines = seen.stdout.toString('utf8').split('\n').filter(Boolean);
  return lines.map((line) => {
    const [id = '', names = ''] = line.split(' ');
    return [id, names] as const;
  });
}

/** The first twelve digits of an ID, as docker shows it: of an image with its `sha256:`. */
export function shortId(id: string): string {
  return id.startsWith('sha256:') ? id.slice(0, 19) : id.slice(0, 12);
}

function parseLines<T>(output: Buffer, schema: z.ZodType<T>, node: string): readonly T[] {
  const lines = output
    .toString('utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'));
  try {
    return lines.map((line) => schema.parse(JSON.parse(line)));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new ModuleError({
      message: `"docker inspect" on ${node} answered something unexpected: ${why}`,
      hint: 'oms-play needs Docker Engine 1.13 or newer',
    });
  }
}
