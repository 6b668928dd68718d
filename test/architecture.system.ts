import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript';

const src = resolve(import.meta.dirname, '../src');

/** Which folder of src may import which; keep it in step with ARCHITECTURE.md. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  model: [],
  events: ['model'],
  diagnostics: ['model'],
  template: ['model', 'diagnostics'],
  transport: ['model'],
  vault: ['model'],
  load: ['model', 'diagnostics', 'vault'],
  oms: ['model', 'diagnostics', 'template'],
  modules: ['model', 'transport', 'template', 'oms'],
  plan: ['model', 'diagnostics', 'template', 'modules'],
  run: ['model', 'events', 'modules', 'transport', 'template'],
  report: ['model', 'events', 'diagnostics'],
  schema: ['load', 'modules'],
  lint: ['model', 'diagnostics', 'vault', 'template', 'load', 'modules'],
  cli: [
    'model',
    'events',
    'diagnostics',
    'template',
    'transport',
    'load',
    'vault',
    'oms',
    'modules',
    'plan',
    'run',
    'report',
    'lint',
    'schema',
  ],
};

/** The only folders that may import an outside library. */
const homes: Readonly<Record<string, readonly string[]>> = {
  yaml: ['load', 'oms'],
  handlebars: ['template'],
  '@marcbachmann/cel-js': ['template'],
  'node-ssh': ['transport'],
  ssh2: ['transport'],
  'ssh-config': ['transport'],
  mysql2: ['modules'],
  commander: ['cli'],
  diff: ['report'],
  picocolors: ['report', 'diagnostics', 'cli'],
  'string-width': ['report', 'diagnostics'],
  'p-limit': ['run', 'transport'],
  'age-encryption': ['vault'],
  zod: ['modules', 'load', 'cli'],
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function sourceFiles(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return sourceFiles(path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}

function importsOf(path: string): Import[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier !== undefined
    ) {
      const typeOnly = ts.isImportDeclaration(node) ? isTypeOnly(node.importClause) : node.isTypeOnly;
      found.push({ from: path, to: (node.moduleSpecifier as ts.StringLiteral).text, typeOnly });
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      if (argument !== undefined && ts.isStringLiteral(argument)) {
        found.push({ from: path, to: argument.text, typeOnly: false });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  return (
    clause.name === undefined &&
    bindings !== undefined &&
    ts.isNamedImports(bindings) &&
    bindings.elements.length > 0 &&
    bindings.elements.every((e) => e.isTypeOnly)
  );
}

const folderOf = (path: string): string => relative(src, path).split('/')[0] ?? '';
const files = sourceFiles(src);
const imports = files.flatMap(importsOf);
const inside = imports
  .filter((i) => i.to.startsWith('.'))
  .map((i) => ({ ...i, to: resolve(dirname(i.from), i.to) }));
const isRootFile = (path: string): boolean => dirname(path) === src;

describe('architecture', () => {
  it('knows every folder of src', () => {
    const folders = new Set(files.filter((f) => !isRootFile(f)).map(folderOf));
    expect([...folders].filter((f) => !(f in allowed))).to.deep.equal([]);
  });

  it('lets a folder import only what the table allows', () => {
    const broken = inside
      .filter((i) => !isRootFile(i.from) && folderOf(i.from) !== folderOf(i.to))
      .filter((i) => !(allowed[folderOf(i.from)] ?? []).includes(folderOf(i.to)))
      .map((i) => `${relative(src, i.from)} → ${folderOf(i.to)}`);
    expect(broken).to.deep.equal([]);
  });

  it('keeps each outside library in its home folder', () => {
    const broken = imports
      .filter((i) => !i.to.startsWith('.') && !i.to.startsWith('node:'))
      .filter((i) => !isRootFile(i.from))
      .filter((i) => {
        const library = i.to.startsWith('@')
          ? i.to.split('/').slice(0, 2).join('/')
          : (i.to.split('/')[0] ?? '');
        return !(homes[library] ?? []).includes(folderOf(i.from));
      })
      .map((i) => `${relative(src, i.from)} → ${i.to}`);
    expect(broken).to.deep.equal([]);
  });

  it('has no import cycles between files, imports of types included', () => {
    const graph = new Map<string, string[]>();
    for (const i of inside) {
      graph.set(i.from, [...(graph.get(i.from) ?? []), i.to]);
    }
    expect(findCycle(graph).map((f) => relative(src, f))).to.deep.equal([]);
  });

  it('prints and exits only where a reader of the code expects it', () => {
    const broken = files
      .filter((f) => f !== join(src, 'main.ts'))
      .filter((f) =>
        /\bconsole\.|process\.exit\b|process\.stdout|process\.stderr/.test(readFileSync(f, 'utf8')),
      )
      .map((f) => relative(src, f));
    expect(broken).to.deep.equal([]);
  });

  it('has no default exports', () => {
    const broken = files
      .filter((f) => /^export default/m.test(readFileSync(f, 'utf8')))
      .map((f) => relative(src, f));
    expect(broken).to.deep.equal([]);
  });
});

/** One cycle as a path, or nothing. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next);
      if (cycle.length > 0) return cycle;
    }
    path.pop();
    done.add(file);
    return [];
  };
  for (const file of graph.keys()) {
    const cycle = visit(file);
    if (cycle.length > 0) return cycle;
  }
  return [];
}
