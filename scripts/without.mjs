// Holds docs/reference/ansible.md to its word: of every row that says "same", the test that it names must fail when our
// loader passes over that keyword. node scripts/without.mjs [KEYWORD...]
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { translate } from './translate.mjs';

const root = resolve(import.meta.dirname, '..');
const folder = join(root, '.cache', 'without');

/** The one place where a key of a YAML file comes in, and the same with a keyword passed over. */
const TAKEN_IN = {
  file: join(folder, 'src/load/yaml-convert.js'),
  place: 'if (entry === void 0) return;',
  instead: 'if (entry === void 0 || passedOver(entry)) return;',
  helper: `
const [WORD, VALUE] = (process.env.OMS_PLAY_WITHOUT ?? "").split(": ");
function passedOver({ key, value }) {
  return key === WORD && (VALUE === undefined || value.value === VALUE);
}
`,
};

function passOver() {
  const { file, place, instead, helper } = TAKEN_IN;
  const code = readFileSync(file, 'utf8');
  if (code.includes(instead)) return;
  if (code.split(place).length !== 2) throw new Error(`${file}: no single place where keys come in`);
  writeFileSync(file, code.replace(place, instead) + helper);
}

async function rowsThatSaySame() {
  const { keywordRows, actionRows } = await import(join(folder, 'scripts/docs/ansible-keywords.js'));
  const rows = Object.entries({ ...keywordRows, ...actionRows }).filter(([, row]) => row.as === 'same');
  return rows.map(([keyword, { test }]) => ({ keyword, test: test.replace(/\.ts$/, '.js') }));
}

/** Whether a test file passes while the keyword is passed over; '' passes over none. */
function passes(test, keyword) {
  const mocha = join(root, 'node_modules', 'mocha', 'lib', 'cli', 'cli.js');
  const args = [
    '--enable-source-maps',
    mocha,
    '--config',
    join(folder, '.mocharc.unit.json'),
    '--bail',
    '--timeout',
    '30000',
    test,
  ];
  const env = { ...process.env, OMS_PLAY_WITHOUT: keyword };
  return new Promise((done) => {
    spawn(process.execPath, args, { cwd: folder, env, stdio: 'ignore' }).on('close', (code) =>
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
await translate(folder);
passOver();
const asked = process.argv.slice(2);
const rows = (await rowsThatSaySame()).filter(({ keyword }) => asked.length === 0 || asked.includes(keyword));
const wrong = [];
// A test that fails anyway would say nothing.
await onAll([...new Set(rows.map(({ test }) => test))], async (test) => {
  if (!(await passes(test, ''))) wrong.push(`${test} fails with every keyword in place`);
});
await onAll(rows, async ({ keyword, test }) => {
  if (await passes(test, keyword)) wrong.push(`${test} passes without ${keyword}`);
});
for (const line of wrong) process.stdout.write(`  ${line}\n`);
const seconds = Math.round((performance.now() - started) / 1000);
process.stdout.write(`\n  ${Math.max(0, rows.length - wrong.length)} passing (${seconds}s)\n`);
if (wrong.length > 0) process.stdout.write(`  ${wrong.length} failing\n`);
process.exitCode = wrong.length > 0 ? 1 : 0;
