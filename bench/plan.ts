import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Bench } from './interleaved.ts';
import { assertWell, measure } from './measure.ts';
import type { Cost, PlanCost } from './results.ts';

const REGIONS = 10;
const PER_FILE = 500;

/** Time and memory of reading, planning and checking something large; nothing is run. */
export async function benchPlan(
  bench: Bench,
  { tasks, nodes, runs }: { readonly tasks: number; readonly nodes: number; readonly runs: number },
): Promise<PlanCost> {
  const folder = mkdtempSync(join(tmpdir(), 'oms-bench-plan-'));
  const remove = bench.closing.add(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of project(tasks, nodes)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const argv = [process.execPath, bench.built.main, 'site.yml', '-i', 'inventory', '--syntax-check'];
  const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: folder };
  const timed = async (what: string, words: readonly string[]): Promise<readonly Cost[]> => {
    const costs: Cost[] = [];
    for (let run = 0; run < runs; run++) {
      const done = await measure({ argv: words, cwd: folder, env, limitSeconds: 120 }, folder, bench.closing);
      assertWell(done, what);
      costs.push({ wall: done.wall, cpu: done.cpu, peakMb: done.peakMb });
      const took = `${done.wall.toFixed(2)} s, ${done.peakMb.toFixed(0)} MB`;
      bench.say(`  ${what}, ${tasks} tasks, ${nodes} nodes: ${took}`);
    }
    return costs;
  };
  const costs = await timed('--syntax-check', argv);
  const lint = await timed('lint', [process.execPath, bench.built.main, 'lint', '.']);
  remove();
  return { tasks, nodes, runs: costs, lint };
}

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
