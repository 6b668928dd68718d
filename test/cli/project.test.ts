import { expect } from 'chai';
import { loadProject } from '../../src/cli/project.ts';
import { passable } from '../../src/diagnostics/diagnostic.ts';
import { projectFolder } from './terminal.ts';

const OMS = `vars:
  ansible_connection: local
  oms_meta_host: 10.0.0.5
  oms_meta_port: 2883
  oms_meta_user: meta
  oms_meta_password: Meta_2026
  drc_rm_db: oms_rm
  drc_cm_db: oms_cm
  vip_port: 8088
regions:
  one:
    vars:
      cm_url: "http://10.0.1.100:{{vip_port}}"
      cm_location: 1
      cm_is_default: false
      drc_cm_heartbeat_db: hb_1
    nodes: { a-1: { address: 10.0.1.1 }, a-2: { address: 10.0.1.2 } }
  two:
    vars:
      cm_url: http://10.0.2.100:8088
      cm_location: 2
      cm_is_default: true
      drc_cm_heartbeat_db: hb_2
    nodes: { b-1: { address: 10.0.2.1 } }
`;
const PLAY = '- hosts: all\n  order: default_first\n  tasks:\n    - debug: { msg: "{{cm_url}}" }\n';

function load(
  inventory: string,
  more: { extraVars?: readonly string[]; files?: Record<string, string> } = {},
) {
  const cwd = projectFolder({ 'inv/inventory.yml': inventory, 'p.yml': PLAY, ...more.files });
  return loadProject({ inventories: ['inv'], playbooks: ['p.yml'], cwd, extraVars: more.extraVars ?? [] });
}

const told = (problems: readonly { at?: { file: string; line: number } | undefined; summary: string }[]) =>
  problems.map(({ at, summary }) => `${at?.file}:${at?.line} ${summary}`);

describe('cli: loadProject', () => {
  it('accepts a sound OMS inventory and begins with its default region', async () => {
    const project = await load(OMS);
    expect(told(project.problems)).to.deep.equal([]);
    expect(project.plan.plays[0]?.regions.map((r) => r.name)).to.deep.equal(['two', 'one']);
  });

  it('checks the rules between regions on rendered values, at the place of the value', async () => {
    const { problems } = await load(OMS.replace('vip_port: 8088', 'vip_port: 8089').replace('hb_2', 'hb_1'));
    expect(told(problems)).to.have.length(2);
    expect(told(problems)).to.include('inv/inventory.yml:13 bad cm_url');
    expect(told(problems)[1]).to.match(/^inv\/inventory\.yml:23 /);
  });

  it('takes -e into account', async () => {
    const { problems } = await load(OMS, { extraVars: ['cm_location:=3'] });
    expect(problems.length).to.be.greaterThan(0);
    expect(problems[0]?.at?.file).to.equal('-e');
  });

  it('tells of a value that cannot be worked out, once, and nothing that follows from it', async () => {
    const { problems } = await load(OMS.replace('{{vip_port}}', '{{vip_prot}}'));
    expect(problems.map((p) => `${p.at?.line} ${p.at?.column}`)).to.deep.equal(['13 36']);
    expect(problems[0]?.detail).to.include('vip_port');
  });

  it('tells no follow-on problems when the inventory cannot be read', async () => {
    const { problems } = await load('regions: [\n');
    expect(problems.map((p) => p.code)).to.deep.equal(['yaml-syntax']);
  });

  it('knows the secrets that are written in the files', async () => {
    const { masker } = await load(OMS, { extraVars: ['tsdb_password=an0ther'] });
    expect(masker.mask('Meta_2026 and an0ther')).to.equal('*** and ***');
  });

  const module = (words: string) => `export default ({ defineModule, z }) => defineModule({ ${words} })`;
  const sound = `summary: 's', args: z.strictObject({}), returns: z.object({}), check: async () => 1, apply: async () => 1`;
  for (const [file, text, words] of [
    ['modules/x.mjs', module(`name: 'y', ${sound}`), 'they must be the same'],
    ['modules/x.mjs', module(`name: 'x'`), 'no summary'],
    ['modules/x.mjs', `export const a = 1;`, 'exports no module'],
    ['modules/x.mjs', `export default (;`, 'cannot be loaded'],
    ['modules/x.mjs', `\n\nthrow new Error('boom')`, 'boom'],
    ['modules/copy.mjs', module(`name: 'copy', ${sound}`), 'comes with oms-play'],
  ] as const) {
    it(`tells of a module of the user's that is broken: ${words}`, async () => {
      const { problems } = await load(OMS, { files: { [file]: text } });
      expect(problems.map((p) => p.at?.file)).to.deep.equal([file]);
      expect(problems[0]?.detail).to.include(words);
      expect(passable(problems)).to.equal(false);
    });
  }

  it("does not call a task wrong whose module is there but broken, and knows a syntax error's line", async () => {
    const { problems } = await load(OMS, {
      files: { 'modules/x.mjs': '\nexport default (;', 'p.yml': '- hosts: all\n  tasks: [{ x: {} }]\n' },
    });
    expect(problems.map((p) => `${p.at?.file}:${p.at?.line} ${p.summary}`)).to.deep.equal([
      'modules/x.mjs:2 broken module',
    ]);
  });

  it('finds what a file of tasks names beside it, whatever folder the process is in', async () => {
    const { problems } = await load(OMS, {
      files: {
        'p.yml': '- hosts: all\n  tasks: [{ import_tasks: tasks/a.yml }]\n',
        'tasks/a.yml': '- import_tasks: b.yml\n- include_tasks: b.yml\n',
        'tasks/b.yml': '- ping:\n',
      },
    });
    expect(told(problems)).to.deep.equal([]);
  });

  it('tells one mistake once, whoever else would stumble over it', async () => {
    const needs = (role: string): [string, string] => [
      `roles/${role}/meta/argument_specs.yml`,
      'argument_specs: { main: { options: { cm_location: { type: int, required: true }, size: { type: int, required: true } } } }',
    ];
    const roles = '- hosts: all\n  roles: [a, b]\n- hosts: all\n  roles: [a]\n';
    const tasks = ['a', 'b'].map((role) => [`roles/${role}/tasks/main.yml`, '- ping:\n'] as const);
    const files = { 'p.yml': roles, ...Object.fromEntries([needs('a'), needs('b'), ...tasks]) };
    const missing = await load(OMS, { files });
    expect(told(missing.problems)).to.deep.equal(['p.yml:2 missing role argument']);
    const wrong = await load(OMS.replace('cm_location: 2', 'cm_location: two'), {
      files,
      extraVars: ['size:=1'],
    });
    expect(told(wrong.problems)).to.deep.equal(['inv/inventory.yml:21 wrong type of an OMS parameter']);
    const twins = await load(OMS.replace('10.0.1.2', '10.0.1.1'));
    expect(told(twins.problems)).to.deep.equal(['inv/inventory.yml:17 two nodes with one address']);
  });

  it('finds modules in folders, and the line of an error in one', async () => {
    const { modules } = await load(OMS, {
      files: { 'modules/mine/index.js': module(`name: 'mine', ${sound}`) },
    });
    expect(modules.get('mine')?.summary).to.equal('s');
    const { problems } = await load(OMS, { files: { 'modules/x.mjs': `\n\nthrow new Error('boom')` } });
    expect(problems[0]?.at?.line).to.equal(3);
  });
});
