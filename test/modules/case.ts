import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import type { Change } from '../../src/model/result.ts';
import type { Check } from '../../src/modules/define.ts';
import { ModuleError } from '../../src/modules/define.ts';
import type { AnyModule } from '../../src/modules/define.ts';
import { NodeError } from '../../src/transport/node-error.ts';
import { FakeNode } from './fake-node.ts';

const map = z.record(z.string(), z.unknown());

/** A case file, as CONTRIBUTING.md describes it. One file may hold several, parted by `---`. */
const schema = z.strictObject({
  case: z.string(),
  args: z.unknown().default({}),
  /** Files of the controller; `${local}` in args and in what is expected is their folder. */
  local: z.record(z.string(), z.string()).default({}),
  node: map.default({}),
  expect: z.strictObject({
    changes: z.array(z.string()).default([]),
    commands: z.array(z.string()).default([]),
    writes: z.array(z.string()).optional(),
    files: map.default({}),
    result: map.optional(),
    message: z.string().optional(),
    stdin: z.array(z.string()).optional(),
    requests: z.array(map).optional(),
    /** What `reconnect` was asked, in order. */
    reconnected: z.array(map).optional(),
    diff: z.array(z.unknown()).optional(),
    warnings: z.array(z.string()).optional(),
    error: z.string().optional(),
    hint: z.string().optional(),
  }),
  second: z.enum(['ok', 'changed']).default('ok'),
});

export type Case = z.output<typeof schema> & { readonly file: string };

/** All cases of a module's folder. */
export async function readCases(folder: string): Promise<Case[]> {
  const names = await readdir(join(folder, 'cases')).catch(() => [] as string[]);
  const cases = await Promise.all(names.sort().map((name) => readCaseFile(join(folder, 'cases', name))));
  return cases.flat();
}

async function readCaseFile(file: string): Promise<Case[]> {
  const documents = parseAllDocuments(await readFile(file, 'utf8'));
  return [...documents].map((document) => {
    const error = document.errors[0];
    if (error) throw new Error(`${file}: ${error.message}`);
    const parsed = schema.safeParse(document.toJS());
    if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
    return { ...parsed.data, file };
  });
}

/** What became of a module that was run on a fake node. */
export interface Outcome {
  readonly changes: readonly Change[];
  readonly found: Check<unknown, unknown> | undefined;
  readonly result: unknown;
  readonly error:
    { readonly message: string; readonly hint: string | undefined; readonly result: unknown } | undefined;
}

/**
 * Runs `use` with the case's arguments, a fresh node and the case with its folder filled in; the controller's files
 * exist meanwhile.
 */
export async function withCase<T>(
  testCase: Case,
  module: AnyModule,
  use: (node: FakeNode, args: unknown, filled: Case) => Promise<T>,
): Promise<T> {
  const local = await mkdtemp(join(tmpdir(), 'oms-play-case-'));
  try {
    for (const [path, content] of Object.entries(testCase.local)) {
      await mkdir(path.endsWith('/') ? join(local, path) : dirname(join(local, path)), { recursive: true });
      if (!path.endsWith('/')) await writeFile(join(local, path), content);
    }
    const args: unknown = module.args.parse(fillIn(testCase.args, local));
    const expected = fillIn(testCase.expect, local) as Case['expect'];
    return await use(new FakeNode(testCase.node), args, { ...testCase, expect: expected });
  } finally {
    await rm(local, { recursive: true });
  }
}

/** Check, and apply when it found changes and `mode` is apply: what the runner does. */
export async function runModule(
  module: AnyModule,
  node: FakeNode,
  args: unknown,
  mode: 'check' | 'apply',
): Promise<Outcome> {
  let found: Check<unknown, unknown> | undefined;
  try {
    found = await module.check(node, args);
    const acts = mode === 'apply' && found.changes.length > 0;
    const result = acts ? await module.apply(node, args, found) : found.result;
    return { changes: found.changes, found, result, error: undefined };
  } catch (error) {
    const failure =
      error instanceof ModuleError
        ? { message: error.failure.message, hint: error.failure.hint, result: error.result }
        : error instanceof NodeError
          ? { message: error.message, hint: error.hint, result: undefined }
          : undefined;
    if (failure === undefined) throw error;
    return { changes: found?.changes ?? [], found, result: undefined, error: failure };
  }
}

function fillIn(value: unknown, local: string): unknown {
  if (typeof value === 'string') return value.replaceAll('${local}', local);
  if (Array.isArray(value)) return value.map((item) => fillIn(item, local));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fillIn(inner, local)]));
}
