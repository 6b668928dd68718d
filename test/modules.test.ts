import { readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import * as z from 'zod';
import { builtinModules } from '../src/modules/index.ts';
import type { AnyModule } from '../src/modules/define.ts';
import type { Case, Outcome } from './modules/case.ts';
import { readCases, runModule, withCase } from './modules/case.ts';
import type { FakeNode } from './modules/fake-node.ts';

const home = join(import.meta.dirname, '..', 'src', 'modules');
const folders = readdirSync(home, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(home, entry.name, 'index.ts')))
  .map((entry) => entry.name);
const cases = new Map<string, readonly Case[]>();
for (const folder of folders) cases.set(folder, await readCases(join(home, folder)));

describe('modules', () => {
  it('are all in the list, in order, under the name of their folder', () => {
    expect(builtinModules.map((module) => module.name)).to.deep.equal([...folders].sort());
  });

  for (const module of builtinModules) {
    describe(module.name, () => {
      it('is documented: summary, every argument, every field of its result', () => describedWell(module));

      it('has cases', () => expect(cases.get(module.name) ?? []).to.not.be.empty);

      const told = together();
      for (const testCase of cases.get(module.name) ?? []) {
        told(testCase.case, () =>
          withCase(testCase, module, async (node, args, filled) => {
            matches(filled, await runModule(module, node, args, 'apply'), node);
          }),
        );

        told(`${testCase.case} — in check mode nothing is touched`, () =>
          withCase(testCase, module, async (node, args, filled) => {
            const outcome = await runModule(module, node, args, 'check');
            expect(node.ran).to.deep.equal([]);
            expect(node.wrote).to.deep.equal([]);
            if (outcome.error === undefined) expect(said(outcome)).to.deep.equal(filled.expect.changes);
          }),
        );

        if (testCase.expect.error !== undefined) continue;
        told(
          `${testCase.case} — a second run ${module.always ? 'answers too' : `is ${testCase.second}`}`,
          () =>
            withCase(testCase, module, async (node, args) => {
              await runModule(module, node, args, 'apply');
              const again = await runModule(module, node, args, 'check');
              if (!module.always) expect(said(again).length > 0 ? 'changed' : 'ok').to.equal(testCase.second);
            }),
        );
      }
    });
  }
});

/** For tests that mostly wait (until a container has settled): all are begun at once, each is told by itself. */
function together(): (title: string, work: () => Promise<void>) => void {
  const works: (() => Promise<void>)[] = [];
  const begun: Promise<void>[] = [];
  before(() => {
    begun.push(...works.map((work) => work()));
    // Each is awaited in its own test.
    for (const done of begun) done.catch(() => undefined);
  });
  return (title, work) => {
    const index = works.push(work) - 1;
    it(title, () => begun[index]);
  };
}

function said(outcome: Outcome): string[] {
  return outcome.changes.map((change) => `${change.subject}: ${change.summary}`);
}

function matches({ expect: expected }: Case, outcome: Outcome, node: FakeNode): void {
  if (expected.error === undefined && outcome.error !== undefined) {
    expect.fail(`it failed: ${outcome.error.message} (${outcome.error.hint ?? 'no hint'})`);
  }
  if (expected.error !== undefined)
    expect(outcome.error?.message ?? '(it did not fail)').to.include(expected.error);
  if (expected.hint !== undefined) expect(outcome.error?.hint ?? '(no hint)').to.include(expected.hint);
  if (expected.error === undefined || outcome.found !== undefined) {
    expect(said(outcome)).to.deep.equal(expected.changes);
  }
  expect(node.ran).to.deep.equal(expected.commands);
  if (expected.writes !== undefined) expect(node.wrote).to.deep.equal(expected.writes);
  if (expected.stdin !== undefined) expect(node.standardInputs).to.deep.equal(expected.stdin);
  if (expected.diff !== undefined) expect(outcome.changes.map((c) => c.diff)).to.containSubset(expected.diff);
  if (expected.reconnected !== undefined) expect(node.reconnected).to.deep.equal(expected.reconnected);
  if (expected.requests !== undefined) expect(node.requests).to.containSubset(expected.requests);
  if (expected.message !== undefined) expect(outcome.found?.message).to.equal(expected.message);
  if (expected.warnings !== undefined) expect(outcome.found?.warnings ?? []).to.deep.equal(expected.warnings);
  if (expected.result !== undefined) {
    expect(outcome.result ?? outcome.error?.result).to.containSubset(expected.result);
  }
  filesMatch(expected.files, node);
}

function filesMatch(files: Case['expect']['files'], node: FakeNode): void {
  for (const [path, wanted] of Object.entries(files)) {
    const now = node.entry(path);
    if (wanted === null) expect(now, path).to.equal(undefined);
    else if (typeof wanted === 'string') expect(now?.content.toString(), path).to.equal(wanted);
    else expect({ ...now?.stat, content: now?.content.toString() }, path).to.containSubset(wanted);
  }
}

function describedWell(module: AnyModule): void {
  expect(module.summary).to.match(/^[A-Z].*[^.]$/);
  expect(module.args).to.be.instanceOf(z.ZodObject);
  for (const schema of [module.args, module.returns]) {
    if (!(schema instanceof z.ZodObject)) continue;
    for (const [key, value] of Object.entries<z.ZodType>(schema.shape)) {
      expect(value.description ?? innerDescription(value), `${module.name}: ${key}`)
        .to.be.a('string')
        .that.matches(/\.$/);
    }
  }
}

/** A description may stand before `.optional()` or `.default()`. */
function innerDescription(schema: z.ZodType): string | undefined {
  const inner = (schema as { unwrap?: () => z.ZodType }).unwrap?.();
  return inner === undefined ? undefined : (inner.description ?? innerDescription(inner));
}
