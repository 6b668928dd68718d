import * as z from 'zod';
import type { DataMap } from '../../model/data.ts';
import { anyData } from '../data.ts';
import { script } from '../../transport/command.ts';
import { Lines } from '../answer-lines.ts';
import { defineModule, ModuleError } from '../define.ts';
import { labelled, queryTool } from '../steps.ts';

/** Everything in one request; each manager that is there is asked. */
const LOOK = labelled(
  script(`if [ -d /run/systemd/system ]; then
  systemctl list-units --no-pager --no-legend --plain --all --type service 2>/dev/null | sed 's/^/unit /'
fi
command -v systemctl >/dev/null && systemctl list-unit-files --no-pager --no-legend --type service 2>/dev/null | sed 's/^/file /'
if [ -d /run/openrc ] && command -v rc-status >/dev/null; then
  rc-status -a -s -m 2>/dev/null | sed 's/^/openrc /'
elif [ ! -d /run/systemd/system ] && command -v service >/dev/null; then
  service --status-all 2>/dev/null </dev/null | sed 's/^/sysv /'
fi
if command -v chkconfig >/dev/null; then
  chkconfig --list 2>/dev/null | grep '0:' | sed 's/^/chkconfig /'
fi
for f in /etc/rc[2345].d/S[0-9][0-9]*; do [ -e "$f" ] && echo "start \${f##*/S??}"; done
echo end`),
  '(services)',
);

/** Services of a node. */
export const module = defineModule({
  name: 'service_facts',
  summary: 'Gather what services the node has, and how they are',
  args: z.strictObject({}),
  returns: z.strictObject({
    ansible_facts: z
      .record(z.string(), anyData)
      .describe('services: by the name (with .service for systemd) a map of name, state, status and source.'),
  }),
  gathersFacts: { names: ['ansible_facts', 'services'], subsetOf: () => undefined },
  notes: [
    'state is running, stopped, failed, inactive or unknown; status is enabled, disabled, static, masked or unknown; ' +
      'source is systemd, sysv or openrc.',
  ],
  examples: `- service_facts:

- debug: { msg: "{{services.[docker.service].state}}" }
`,
  async check(node) {
    const done = await queryTool(node, LOOK);
    const lines = new Lines(done.stdout.toString('utf8'));
    if (!lines.has('end')) {
      throw new ModuleError({
        message: `${node.name} did not answer to the end when it was asked for its services`,
        exitCode: done.exitCode,
        stderr: done.stderr.toString('utf8'),
      });
    }
    return { changes: [], result: { ansible_facts: { services: servicesIn(lines) } } };
  },
  apply: () => Promise.reject(new Error('service_facts changes nothing')),
});

function servicesIn(lines: Lines): DataMap {
  return { ...openrc(lines), ...sysv(lines), ...systemd(lines) };
}

function systemd(lines: Lines): DataMap {
  const files = new Map(
    lines.all('file').map((line) => {
      const [name = '', status = 'unknown'] = line.trim().split(/\s+/);
      return [name, status];
    }),
  );
  const found: Record<string, DataMap> = {};
  for (const [name, status] of files) {
    // A template stands for no service of its own.
    if (!/@\.service$/.test(name)) found[name] = { name, state: 'inactive', status, source: 'systemd' };
  }
  for (const line of lines.all('unit')) {
    const [name = '', load = '', active = '', sub = ''] = line.replace(/^\W+/, '').trim().split(/\s+/);
    if (name === '') continue;
    const state =
      active === 'failed'
        ? 'failed'
        : sub === 'running'
          ? 'running'
          : active === 'active'
            ? 'stopped'
            : 'inactive';
    const template = name.replace(/@.*(\.service)$/, '@$1');
    const status = load === 'not-found' ? 'not-found' : (files.get(name) ?? files.get(template) ?? 'unknown');
    found[name] = {
      name,
      state: sub === 'dead' && active === 'inactive' ? 'stopped' : state,
      status,
      source: 'systemd',
    };
  }
  return found;
}

function sysv(lines: Lines): DataMap {
  const starts = new Set(lines.all('start'));
  const states: Readonly<Record<string, string>> = { '+': 'running', '-': 'stopped', '?': 'unknown' };
  const scripts = lines.all('sysv').flatMap((line) => {
    const [, mark = '', name = ''] = /^\s*\[\s*([+?-])\s*\]\s+(\S+)/.exec(line) ?? [];
    const status = starts.has(name) ? 'enabled' : 'disabled';
    return name === ''
      ? []
      : [[name, { name, state: states[mark] ?? 'unknown', status, source: 'sysv' }] as const];
  });
  const registered = lines.all('chkconfig').flatMap((line) => {
    const [name = '', ...levels] = line.trim().split(/\s+/);
    const status = levels.some((level) => /^[2-5]:on$/.test(level)) ? 'enabled' : 'disabled';
    return name === '' ? [] : [[name, { name, state: 'unknown', status, source: 'sysv' }] as const];
  });
  return Object.fromEntries([...registered, ...scripts]);
}

function openrc(lines: Lines): DataMap {
  return Object.fromEntries(
    lines.all('openrc').flatMap((line) => {
      const [, name = '', word = ''] = /^\s*(\S+)\s+\[\s*(\w+)/.exec(line) ?? [];
      const state = word === 'started' ? 'running' : word === 'crashed' ? 'failed' : word;
      return name === '' ? [] : [[name, { name, state, status: 'unknown', source: 'openrc' }]];
    }),
  );
}
