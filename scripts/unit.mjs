// Runs the unit tests: node scripts/unit.mjs [OPTIONS OF MOCHA].
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleTests, mochaArgs } from './test-bundle.mjs';

const root = resolve(import.meta.dirname, '..');
/** Stages of their own, of ./scripts/test. */
const ELSEWHERE = /^(lab|e2e|properties|peer)\//;
/**
 * What goes into a process of its own, and all the rest: parts that take about as long as each other. Mocha's own workers
 * would each load nearly everything. Tests of the engine mostly wait, so that more processes than cores do no harm.
 */
const PARTS = [/^(cli|load|vault|run\/semantics)\//, /^run\/[a-k]/, /^run\//];

/** The test files, a list for each process. */
function parts() {
  const found = readdirSync(join(root, 'test'), { recursive: true }).sort();
  const unit = found.filter((file) => file.endsWith('.test.ts') && !ELSEWHERE.test(file));
  const partOf = (file) => PARTS.findIndex((part) => part.test(file));
  return [...PARTS.keys(), -1].map((part) => unit.filter((file) => partOf(file) === part));
}

/** Runs a bundle; its output is shown when it has ended. */
function run(file) {
  return new Promise((done) => {
    const args = [...mochaArgs, ...process.argv.slice(2), file];
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
    child.on('close', (code) => {
      const text = Buffer.concat(chunks).toString();
      process.stdout.write(text);
      done({ code: code ?? 1, text });
    });
  });
}

function countIn(text, word) {
  return Number(new RegExp(`^ +(\\d+) ${word}`, 'm').exec(text)?.[1] ?? 0);
}

const started = performance.now();
const ran = await Promise.all((await bundleTests(parts())).map(run));
const sum = (word) => ran.reduce((total, { text }) => total + countIn(text, word), 0);
const seconds = Math.round((performance.now() - started) / 1000);
process.stdout.write(`\n  ${sum('passing')} passing (${seconds}s)\n`);
if (sum('failing') > 0) process.stdout.write(`  ${sum('failing')} failing\n`);
process.exitCode = Math.max(...ran.map(({ code }) => code));
