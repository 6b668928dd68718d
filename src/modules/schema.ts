import type * as z from 'zod';
import type { AnyModule } from './define.ts';
import { issueWords } from './issue-words.ts';
import { typeTexts } from './typed-text.ts';

type Shape = Readonly<Record<string, z.ZodType>>;

/** What may be asked about a module's arguments without knowing its schema library. */
export interface ArgumentInfo {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly secret: boolean;
  /** What is wrong with a value, in words; empty: nothing. */
  check(value: unknown): readonly string[];
}

/** The arguments of a module; undefined where any name goes (set_fact, add_host). */
export function argumentsOf(module: AnyModule): readonly ArgumentInfo[] | undefined {
  const shape = (module.args as z.ZodType & { shape?: Shape }).shape;
  if (shape === undefined || module.definesFacts === true || module.namesVariables === true) return undefined;
  return Object.entries(shape).map(([name, schema]) => ({
    name,
    description: schema.description ?? '',
    required: !schema.safeParse(undefined).success,
    secret: schema.meta()?.['secret'] === true,
    check: (value) => [...issuesOf(schema, value, name), ...relativePath(schema, value, name)],
  }));
}

/** A path on the node begins with /; the module says so too, where it is not known before the run. */
function relativePath(schema: z.ZodType, value: unknown, name: string): readonly string[] {
  if (schema.meta()?.['absolute'] !== true || typeof value !== 'string' || value.startsWith('/')) return [];
  return [`"${name}" is no absolute path: begin it with /`];
}

/** Asks each module once: schemas answer slowly, and every use of a module asks. */
export class ArgumentCatalog {
  readonly #known = new Map<AnyModule, KnownArguments>();

  /** As {@link argumentsOf}. */
  of(module: AnyModule): readonly ArgumentInfo[] | undefined {
    return this.#of(module).infos;
  }

  /** Names of the arguments that hold secrets. */
  secretsOf(module: AnyModule): readonly string[] {
    return this.#of(module).secrets;
  }

  #of(module: AnyModule): KnownArguments {
    const known = this.#known.get(module);
    if (known !== undefined) return known;
    const infos = argumentsOf(module);
    const secrets = (infos ?? []).filter(({ secret }) => secret).map(({ name }) => name);
    const found = { infos, secrets };
    this.#known.set(module, found);
    return found;
  }
}

interface KnownArguments {
  readonly infos: readonly ArgumentInfo[] | undefined;
  readonly secrets: readonly string[];
}

/** Arguments as the module takes them, or what is wrong with them. */
export function parseArguments(
  module: AnyModule,
  values: Readonly<Record<string, unknown>>,
): { readonly args: unknown; readonly wrong: readonly string[] } {
  const parsed = parse(module.args, values);
  if (parsed.success) return { args: parsed.data, wrong: [] };
  return { args: undefined, wrong: parsed.error.issues.map((issue) => issueWords(issue, [])) };
}

function issuesOf(schema: z.ZodType, value: unknown, name: string): readonly string[] {
  const parsed = parse(schema, value);
  return parsed.success ? [] : parsed.error.issues.map((issue) => issueWords(issue, [name]));
}

function parse(schema: z.ZodType, value: unknown): z.ZodSafeParseResult<unknown> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed;
  const typed = typeTexts(value, parsed.error.issues);
  return typed === undefined ? parsed : schema.safeParse(typed);
}
