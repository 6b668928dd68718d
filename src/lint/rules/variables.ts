import type { SourceMap } from '../../model/source.ts';
import type { Definition } from '../names.ts';
import { definitionsIn, usedWords } from '../names.ts';
import type { LintRule } from '../rule.ts';

/** A variable that nothing refers to. */
export const unusedVariable: LintRule = {
  name: 'unused-variable',
  severity: 'warning',
  summary: 'unused variable',
  why: 'Nothing that is looked at refers to it: it is left over, or its name is misspelled where it should be used.',
  fix: 'Remove it, or correct the name. A name that begins with _ is never reported.',
  bad: {
    kind: 'tasks',
    text: '- name: Look\n  stat: { path: /data }\n  register: data_stat\n',
    at: '3:13',
  },
  good: {
    kind: 'tasks',
    text: '- name: Look\n  stat: { path: /data }\n  register: data_stat\n- name: Tell\n  debug: { msg: there }\n  when: data_stat.stat.exists\n',
  },
  project: (project, report) => {
    const used = usedWords(project);
    for (const { name, at, origin, task, owner } of definitionsIn(project)) {
      if (origin === 'a loop' || used.has(name) || /^(_|ansible_|jump_host$)/.test(name)) continue;
      if (owner !== undefined && isHandedOver(owner)) continue;
      const line = task?.map.at.line ?? owner?.at.line;
      const detail = `Nothing refers to "${name}" (${origin}). Remove it, or correct the name where it is used.`;
      report({ at, detail, ...(line === undefined ? {} : { taskLine: line }) });
    }
  },
};

/** What an import or include is given is for files that need not be known here. */
function isHandedOver(owner: SourceMap): boolean {
  return owner.entries.some(({ key }) => /^(ansible\.\w+\.)?(import|include)_/.test(key));
}

/** One name for two things that are both in reach. */
export const shadowedVariable: LintRule = {
  name: 'shadowed-variable',
  severity: 'warning',
  summary: 'shadowed variable',
  why: 'Two variables of one name are in reach at once, and the inner one silently wins: who reads the task thinks of the other.',
  fix: 'Give one of them another name.',
  bad: {
    kind: 'playbook',
    text: '- hosts: all\n  vars: { port: 8089 }\n  tasks:\n    - name: Tell\n      debug: { msg: "{{port}}" }\n      vars: { port: 9000 }\n',
    at: '6:15',
  },
  good: {
    kind: 'playbook',
    text: '- hosts: all\n  vars: { port: 8089 }\n  tasks:\n    - name: Tell\n      debug: { msg: "{{port}} {{other_port}}" }\n      vars: { other_port: 9000 }\n',
  },
  project: (project, report) => {
    const byName = new Map<string, Definition[]>();
    for (const definition of definitionsIn(project)) {
      const list = byName.get(definition.name);
      if (list === undefined) byName.set(definition.name, [definition]);
      else list.push(definition);
    }
    for (const definitions of byName.values()) {
      if (definitions.length < 2) continue;
      const outers = definitions.filter(({ owner, origin }) => owner !== undefined || ROLE.includes(origin));
      for (const inner of outers.length === 0 ? [] : definitions) {
        const outer = outers.find((other) => hides(inner, other));
        if (outer === undefined) continue;
        const place = `${outer.at.file}:${outer.at.line}`;
        const line = inner.task?.map.at.line ?? inner.owner?.at.line;
        const detail = `"${inner.name}" (${inner.origin}) hides the one of ${outer.origin} at ${place}. Give one of them another name.`;
        report({ at: inner.at, detail, ...(line === undefined ? {} : { taskLine: line }) });
      }
    }
  },
};

const ROLE: readonly Definition['origin'][] = ['role vars', 'role defaults'];

/** True when `inner` wins over `outer` somewhere where both are in reach. */
function hides(inner: Definition, outer: Definition): boolean {
  if (inner === outer) return false;
  const sameRole = inner.file.role !== undefined && inner.file.role === outer.file.role;
  if (outer.origin === 'role vars' && sameRole) {
    return inner.origin !== 'role vars' && inner.origin !== 'role defaults';
  }
  if (outer.origin === 'role defaults' && sameRole) return ['role vars', 'a loop'].includes(inner.origin);
  if (outer.owner === undefined) return false;
  return isAround(outer, inner);
}

/** True when the play, block or task of `outer` holds `inner`. */
function isAround({ owner }: Definition, inner: Definition): boolean {
  if (owner === undefined) return false;
  if (inner.task !== undefined) return inner.task.map === owner || inner.task.around.includes(owner);
  return inner.owner !== undefined && inner.around.includes(owner);
}
