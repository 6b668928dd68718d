import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Data } from '../model/data.ts';
import { isDataMap, wordsOf } from '../model/data.ts';
import type { Masker } from '../model/masker.ts';
import type { TaskPlan } from '../model/plan.ts';
import type { Condition } from '../model/rendering.ts';
import type { AnyModule } from '../modules/define.ts';
import { ModuleError } from '../modules/define.ts';
import { parseArguments, type ArgumentCatalog } from '../modules/schema.ts';
import { isRemote, searchPaths } from '../modules/inputs.ts';
import { splitWords } from '../modules/words.ts';
import type { NodeReader } from '../transport/node.ts';
import { learnSecrets, type Scope } from './scope.ts';
import type { TemplateFiles } from './template-files.ts';

/** What the arguments of one use of a module are made from. */
export interface ArgumentSources {
  readonly task: TaskPlan;
  readonly module: AnyModule;
  readonly scope: Scope;
  readonly engine: {
    readonly masker: Masker;
    readonly catalog: ArgumentCatalog;
    readonly templates: TemplateFiles;
  };
  readonly readerOf: (node: string) => NodeReader;
}

/** What a use of a module is asked with. */
export class Prepared {
  readonly #module: AnyModule;
  readonly #values: Readonly<Record<string, unknown>>;
  #parsed: { readonly args: unknown } | undefined;

  constructor(module: AnyModule, values: Readonly<Record<string, unknown>>) {
    this.#module = module;
    this.#values = values;
  }

  /** The arguments as the module takes them. Throws ModuleError where its schema does not. */
  get args(): unknown {
    this.#parsed ??= { args: parse(this.#module, this.#values) };
    return this.#parsed.args;
  }

  /** The same for the same arguments; holds secrets: never to be shown. */
  get fingerprint(): string {
    return JSON.stringify(this.#values);
  }
}

/**
 * The arguments of a use: rendered, inputs put in their places. At once unless a file has to be read: a run asks for
 * two of them for each task on each node.
 */
export function prepareArguments(sources: ArgumentSources): Prepared | Promise<Prepared> {
  const { task, module, scope } = sources;
  const rendered = task.args.render(scope);
  const values: Record<string, unknown> = isDataMap(rendered) ? { ...rendered } : {};
  for (const [name, conditions] of task.conditionArgs) {
    values[name] =
      module.inputs?.[name] === 'expression'
        ? conditions.map((c) => ({ text: c.text, value: c.value(scope) }))[0]
        : conditions.map((c) => heldAgainst(c, scope));
  }
  return module.inputs === undefined ? prepared(values, sources) : withInputs(values, module.inputs, sources);
}

/** A message is rendered only where it is needed: it may read what is there only then. */
function heldAgainst(condition: Condition, scope: Scope): object {
  const { text, message } = condition;
  const holds = condition.test(scope);
  return {
    text,
    holds,
    ...(holds || message === undefined ? {} : { message: wordsOf(message.render(scope)) }),
  };
}

function withInputs(
  values: Record<string, unknown>,
  inputs: NonNullable<AnyModule['inputs']>,
  sources: ArgumentSources,
): Prepared | Promise<Prepared> {
  const templates: (readonly [name: string, path: string])[] = [];
  for (const [name, input] of Object.entries(inputs)) {
    const value = values[name];
    if (typeof value !== 'string') continue;
    if (input === 'file')
      values[name] = findInput('file', value, sources, isRemote(sources.module, values['remote_src']));
    else if (input === 'template') templates.push([name, value]);
    else if (input === 'node') values[name] = sources.readerOf(value);
    else if (input === 'program') values[name] = findProgram(value, sources);
    else if (input === 'destination') values[name] = fromPlaybook(value, sources);
  }
  return templates.length === 0 ? prepared(values, sources) : withTemplates(values, templates, sources);
}

async function withTemplates(
  values: Record<string, unknown>,
  templates: readonly (readonly [name: string, path: string])[],
  sources: ArgumentSources,
): Promise<Prepared> {
  for (const [name, path] of templates) values[name] = await renderFile(path, sources);
  return prepared(values, sources);
}

function prepared(values: Readonly<Record<string, unknown>>, { module, engine }: ArgumentSources): Prepared {
  learnSecretArguments(module, values, engine);
  return new Prepared(module, values);
}

function findInput(
  kind: 'file' | 'template',
  path: string,
  { task }: ArgumentSources,
  remote: boolean,
): string {
  if (remote) return path;
  const paths = searchPaths(kind, path, { roleDir: task.role?.dir, playbookDir: task.playbookDir });
  const found = paths.find((candidate) => existsSync(candidate));
  if (found !== undefined) return found;
  throw new ModuleError({
    message: `${kind} not found on the controller: ${path}`,
    hint: `Looked for ${paths.join(', ')}.`,
  });
}

function findProgram(line: string, sources: ArgumentSources): { path: string; words: string[] } {
  const [path = '', ...words] = splitWords(line);
  return { path: findInput('file', path, sources, false), words };
}

/** A / at the end says that it is a folder. */
function fromPlaybook(path: string, { task }: ArgumentSources): string {
  return resolve(task.playbookDir, path) + (/[^/]\/+$/.test(path) ? '/' : '');
}

async function renderFile(path: string, sources: ArgumentSources): Promise<{ path: string; text: string }> {
  const found = findInput('template', path, sources, false);
  const template = await sources.engine.templates.rendering(found);
  return { path: found, text: wordsOf(template.render(sources.scope)) };
}

function learnSecretArguments(
  module: AnyModule,
  values: Readonly<Record<string, unknown>>,
  { masker, catalog }: ArgumentSources['engine'],
): void {
  // By name at any depth (oms_config's map of keys), and those that the module itself calls secret.
  for (const name in values) learnSecrets(name, values[name] as Data, masker);
  for (const name of catalog.secretsOf(module)) {
    const value = values[name];
    if (typeof value === 'string') masker.add(value);
  }
}

function parse(module: AnyModule, values: Readonly<Record<string, unknown>>): unknown {
  const { args, wrong } = parseArguments(module, values);
  if (wrong.length === 0) return args;
  throw new ModuleError({
    message: `wrong arguments of "${module.name}": ${wrong.join('; ')}`,
    hint: `See oms-play doc ${module.name}.`,
  });
}
