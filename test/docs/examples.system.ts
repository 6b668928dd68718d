import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { loadProject } from '../../src/cli/project.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import type { SourceNode } from '../../src/model/source.ts';
import { findAll, lintProject } from '../../src/lint/check.ts';
import { readLintFile } from '../../src/lint/files.ts';
import { lintRules } from '../../src/lint/rules.ts';
import { builtinModules } from '../../src/modules/index.ts';
import { parseYaml } from '../../src/load/yaml.ts';
import { fileLinks, pages, root, shownFiles, yamlBlocks, type Block } from './pages.ts';

const modules = new Map(builtinModules.map((module) => [module.name, module]));
const folders: string[] = [];

function folderWith(files: ReadonlyMap<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'oms-play-docs-'));
  folders.push(dir);
  for (const [name, text] of files) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  return dir;
}

type Kind = 'playbook' | 'tasks' | 'inventory' | 'other';

function keysOf(node: SourceNode | undefined): readonly string[] {
  return node?.kind === 'map' ? node.entries.map(({ key }) => key) : [];
}

function kindOf(node: SourceNode | undefined): Kind {
  if (node?.kind === 'map') {
    const keys = keysOf(node);
    return keys.includes('regions') || (keys.includes('all') && keys.length === 1) ? 'inventory' : 'other';
  }
  if (node?.kind !== 'list') return 'other';
  const keys = node.items.flatMap(keysOf);
  return keys.includes('hosts') || keys.includes('import_playbook') ? 'playbook' : 'tasks';
}

/** What a reader has and the page does not show is no mistake of an example: files, handlers, further variables. */
const ELSEWHERE = ['unknown handler', 'missing OMS parameter'];

function mistakesOf(problems: readonly Diagnostic[]): readonly string[] {
  return problems
    .filter(({ severity, code }) => severity === 'error' && code !== 'not-found')
    .filter(({ summary }) => !ELSEWHERE.includes(summary))
    .map(({ summary, detail, at }) => `${at?.file}:${at?.line}:${at?.column} ${summary}: ${detail}`);
}

async function checkAlone(
  block: Block,
  kind: Kind,
  files: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  if (kind === 'other') return [];
  const name = block.file ?? (kind === 'inventory' ? 'inventory.yml' : 'example.yml');
  const text =
    kind === 'tasks' && !/(^|\/)(tasks|handlers)\//.test(name)
      ? `- hosts: all\n  tasks:\n${block.text.replaceAll(/^(?=.)/gm, '    ')}`
      : block.text;
  const cwd = folderWith(new Map([...files, [name, text]]));
  if (kind === 'inventory') {
    return mistakesOf((await loadProject({ inventories: [name], playbooks: [], cwd })).problems);
  }
  const isOfRole = /^roles\/[^/]+\//.exec(name)?.[0];
  const roles = isOfRole === undefined ? [] : [isOfRole.slice(0, -1)];
  const playbooks = isOfRole === undefined ? [name] : [];
  // A page that shows its inventory is held to the names in it, too.
  const inventories = files.has('inventory.yml') && playbooks.length > 0 ? ['inventory.yml'] : undefined;
  return mistakesOf((await loadProject({ inventories, playbooks, roles, cwd })).problems);
}

describe('examples of the documentation', () => {
  after(() => folders.forEach((dir) => rmSync(dir, { recursive: true, force: true })));

  for (const page of pages()) {
    const blocks = yamlBlocks(page);
    const files = shownFiles(page);
    for (const block of blocks) {
      it(`${page}:${block.line} is right`, async () => {
        const { value, problems } = parseYaml(block.text, 'example.yml');
        if (block.isFragment) return;
        expect(mistakesOf(problems)).to.deep.equal([]);
        expect(await checkAlone(block, kindOf(value), files)).to.deep.equal([]);
      });
    }
  }

  for (const page of pages().filter((name) => name.startsWith('docs/guide/'))) {
    it(`${page}: nothing in it could be better: lint`, () => {
      const files = [...shownFiles(page)].flatMap(([shown, text]) => {
        const role = /^roles\/[^/]+/.exec(shown)?.[0];
        const path = `/p/${shown}`;
        return readLintFile({ path, shown, text, role: role && `/p/${role}` }) ?? [];
      });
      const found = findAll(lintProject(files, modules), lintRules);
      expect(found.map(({ at, rule }) => `${at.file}:${at.line} ${rule.name}`)).to.deep.equal([]);
    });
  }

  it('has pages whose links lead somewhere', () => {
    const dead = pages().flatMap((page) =>
      fileLinks(page)
        .filter((to) => !existsSync(join(root, to)))
        .map((to) => `${page} → ${to}`),
    );
    expect(dead).to.deep.equal([]);
  });
});
