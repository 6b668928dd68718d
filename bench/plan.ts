// Time and memory of reading and planning something large, printed: `node --import tsx bench/plan.ts [TASKS] [NODES]`.
// Nothing is run and nothing is asserted; --syntax-check does load, plan and all checks.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const REGIONS = 10;
const PER_FILE = 500;

/** A project of roles with 500 tasks each, of the kinds that real playbooks have. */
function project(tasks: number, nodes: number): ReadonlyMap<string, string> {
  const roles = Math.ceil(tasks / PER_FILE);
  const files = new Map<string, string>([['inventory/inventory.yml', inventory(nodes)]]);
  const names = Array.from({ length: roles }, (_, i) => `role_${i}`);
  files.set('site.yml', `- hosts: all\n  become: true\n  roles: [${names.join(', ')}]\n`);
  names.forEach((name, r) => {
    const count = Math.min(PER_FILE, tasks - r * PER_FILE);
    files.set(`roles/${name}/tasks/main.yml`, Array.from({ length: count }, (_, i) => task(r, i)).join(''));
    files.set(`roles/${name}/defaults/main.yml`, `dir_${r}: "/srv/{{app}}/${r}"\nlimit_${r}: ${r}\n`);
    files.set(
      `roles/${name}/handlers/main.yml`,
      `- name: restart ${r}\n  command: systemctl restart x${r}\n`,
    );
  });
  return files;
}

function inventory(nodes: number): string {
  const each = Math.ceil(nodes / REGIONS);
  const regions = Array.from({ length: REGIONS }, (_, r) => {
    const lines = Array.from(
      { length: each },
      (_, n) =>
        `      n-${r}-${n}: { address: 10.${r}.${n >> 8}.${n & 255}, vars: { serial: ${n}, label: "{{app}}-${n}" } }\n`,
    );
    return `  region-${r}:\n    parallel: 5\n    vars: { zone: ${r} }\n    nodes:\n${lines.join('')}`;
  });
  return `vars: { app: demo, owner: root, ansible_user: root }\nregions:\n${regions.join('')}groups:\n  odd: ["n-*-1"]\n`;
}

function task(role: number, i: number): string {
  const kinds = [
    `- name: folder ${i}\n  file: { path: "{{dir_${role}}}/${i}", state: directory, mode: "0755", owner: "{{owner}}" }\n`,
    `- name: file ${i}\n  copy: { content: "{{label}} ${i}\\n", dest: "{{dir_${role}}}/f${i}" }\n  notify: restart ${role}\n`,
    `- name: look ${i}\n  command: cat {{dir_${role}}}/f${i}\n  register: seen_${i}\n  changed_when: false\n  tags: [look]\n`,
    `- name: judge ${i}\n  assert: { that: ["zone >= 0", "serial < 5000"] }\n  when: limit_${role} > 3 && seen_2.rc == 0\n`,
    `- name: many ${i}\n  debug: { msg: "{{item}} of {{inventory_hostname}}" }\n  loop: [a, b, "{{app}}"]\n`,
  ];
  return kinds[i % kinds.length] ?? '';
}

function main(): void {
  const [tasks = 10_000, nodes = 1_000] = process.argv.slice(2).map(Number);
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'inherit' });
  const dir = mkdtempSync(join(tmpdir(), 'oms-play-bench-'));
  try {
    for (const [name, text] of project(tasks, nodes)) {
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      writeFileSync(join(dir, name), text);
    }
    const started = performance.now();
    const shown = join(dir, 'memory.mjs');
    writeFileSync(shown, MEMORY);
    const args = [
      '--import',
      shown,
      join(root, 'dist/main.js'),
      'site.yml',
      '-i',
      'inventory',
      '--syntax-check',
    ];
    const done = spawnSync(process.execPath, args, { cwd: dir, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`ended with ${done.status}\n${done.stdout}${done.stderr}`);
    const seconds = ((performance.now() - started) / 1000).toFixed(2);
    process.stdout.write(`${tasks} tasks, ${nodes} nodes: ${seconds} s, ${done.stderr.trim()} MB at most\n`);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Says the peak of the process's own memory when it ends. */
const MEMORY = `process.on('exit', () => console.error(Math.round(process.resourceUsage().maxRSS / 1024)));\n`;

main();
