import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** An event as its readers see it. */
export interface EventDoc {
  readonly type: string;
  readonly text: string;
  readonly fields: readonly FieldDoc[];
}

interface FieldDoc {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  readonly text: string;
}

const folder = join(import.meta.dirname, '..', '..', 'src', 'events');

/** Every member of the union of events, with the doc comments of its type and fields. */
export function eventDocs(): readonly EventDoc[] {
  const interfaces = new Map<string, ts.InterfaceDeclaration>();
  let union: ts.TypeAliasDeclaration | undefined;
  for (const name of ['event.ts', 'profile.ts']) {
    const source = ts.createSourceFile(
      name,
      readFileSync(join(folder, name), 'utf8'),
      ts.ScriptTarget.Latest,
      true,
    );
    for (const statement of source.statements) {
      if (ts.isInterfaceDeclaration(statement)) interfaces.set(statement.name.text, statement);
      if (ts.isTypeAliasDeclaration(statement) && statement.name.text === 'RunEvent') union = statement;
    }
  }
  return namesIn(union).map((name) => {
    const declaration = interfaces.get(name);
    if (declaration === undefined) throw new Error(`no interface ${name} in src/events`);
    const fields = fieldsOf(declaration, interfaces);
    const type = fields.find((field) => field.name === 'type')?.type.replaceAll("'", '') ?? name;
    return { type, text: commentOf(declaration), fields: fields.filter((field) => field.name !== 'type') };
  });
}

function namesIn(node: ts.Node | undefined): readonly string[] {
  if (node === undefined) return [];
  if (ts.isTypeReferenceNode(node)) return [node.typeName.getText()];
  const names: string[] = [];
  ts.forEachChild(node, (child) => void names.push(...namesIn(child)));
  return names;
}

function fieldsOf(
  declaration: ts.InterfaceDeclaration,
  interfaces: ReadonlyMap<string, ts.InterfaceDeclaration>,
): readonly FieldDoc[] {
  const parents = (declaration.heritageClauses ?? []).flatMap(({ types }) => types);
  const inherited = parents.flatMap(({ expression }) => {
    const parent = interfaces.get(expression.getText());
    return parent === undefined ? [] : fieldsOf(parent, interfaces);
  });
  const own = declaration.members.filter(ts.isPropertySignature).map((member) => ({
    name: member.name.getText(),
    type: (member.type?.getText() ?? 'unknown')
      .replaceAll(/readonly |\/\*\*[^]*?\*\//g, '')
      .replaceAll(/\s+/g, ' '),
    optional: member.questionToken !== undefined,
    text: commentOf(member),
  }));
  return [...new Map([...own, ...inherited].map((field) => [field.name, field])).values()];
}

function commentOf(node: ts.Node): string {
  const [last] = ts.getJSDocCommentsAndTags(node).slice(-1);
  const comment = last !== undefined && ts.isJSDoc(last) ? ts.getTextOfJSDocComment(last.comment) : undefined;
  return (comment ?? '').replaceAll(/\s+/g, ' ').trim();
}
