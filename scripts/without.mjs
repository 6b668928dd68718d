// Holds docs/reference/ansible.md to its word: of every row that says "same", the test that it names must fail when our
// loader passes over that keyword. node --import tsx scripts/without.mjs [KEYWORD...]
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { actionRows, keywordRows } from './docs/ansible-keywords.ts';
import { bundleTests, mochaArgs } from './test-bundle.mjs';

const root = resolve(import.meta.dirname, '..');

/** The one place where a key of a YAML file comes in, and the same with a keyword passed over. */
const TAKEN_IN = {
  file: resolve(root, 'src/load/yaml-convert.ts'),
  place: 'if (entry === undefined) return;',
  instead: 'if (entry === undefined || passedOver(entry)) return;',
  helper: `
const [WORD, VALUE] = (process.env['OMS_PLAY_WITHOUT'] ?? '').split(': ');
function passedOver({ key, value }: SourceEntry): boolean {
  return key === WORD && (VALUE === undefined || (value.kind === 'scalar' && value.value === VALUE));
}
`,
};

function passOver(path, code) {
  const { file, place, instead, helper } = TAKEN_IN;
  if (path !== file) return code;
  if (code.split(place).length !== 2) throw new Error(`${file}: no single place where keys come in`);
  return code.replace(place, instead) + helper;
}

/** Whether a bundle passes while the keyword is passed over; '' passes over none. */
function passes(bundle, keyword) {
  const args = [...mochaArgs, '--bail', '--timeout', '30000', bundle];
  const env = { ...process.env, OMS_PLAY_WITHOUT: keyword };
  return new Promise((done) => {
    spawn(process.execPath, args, { cwd: root, env, stdio: 'ignore' }).on('close', (code) =>
      done(code === 0),
    );
  });
}

/** Calls `work` on every item, as many at once as there are cores. */
async function onAll(items, work) {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

const started = performance.now();
const asked = process.argv.slice(2);
const rows = Object.entries({ ...keywordRows, ...actionRows })
  .filter(([keyword, { as }]) => as === 'same' && (asked.length === 0 || asked.includes(keyword)))
  .map(([keyword, { test }]) => ({ keyword, test }));
const tests = [...new Set(rows.map(({ test }) => test))];
const bundles = await bundleTests(tests.map((test) => [test.replace(/^test\//, '')]), passOver); // prettier-ignore
const bundleOf = new Map(tests.map((test, i) => [test, bundles[i]]));
const wrong = [];
// A test that fails anyway would say nothing.
await onAll(tests, async (test) => {
  if (!(await passes(bundleOf.get(test), ''))) wrong.push(`${test} fails with every keyword in place`);
});
await onAll(rows, async ({ keyword, test }) => {
  if (await passes(bundleOf.get(test), keyword)) wrong.push(`${test} passes without ${keyword}`);
});
for (const line of wrong) process.stdout.write(`  ${line}\n`);
const seconds = Math.round((performance.now() - started) / 1000);
process.stdout.write(`\n  ${Math.max(0, rows.length - wrong.length)} passing (${seconds}s)\n`);
if (wrong.length > 0) process.stdout.write(`  ${wrong.length} failing\n`);
process.exitCode = wrong.length > 0 ? 1 : 0;
