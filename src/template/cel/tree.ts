/** A node of CEL's syntax tree. The library's own type is too precise to be walked. */
export interface CelNode {
  readonly op: string;
  readonly args: unknown;
  readonly start: number;
  readonly end: number;
}

/** A name that an expression reads, with its members as far as they are plain: `r.stdout`, `m["a-b"]`. */
export interface NameUse {
  readonly path: readonly string[];
  readonly node: CelNode;
  readonly optional: boolean;
  readonly inBranch: boolean;
}

interface Walk {
  readonly uses: NameUse[];
  readonly calls: { readonly name: string; readonly node: CelNode }[];
}

interface Where {
  readonly locals: readonly string[];
  readonly optional: boolean;
  readonly inBranch: boolean;
}

const LOOPS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** All names and calls of an expression; variables of loops (`list.all(x, …)`) are no names. */
export function walkTree(root: CelNode): Walk {
  const walk: Walk = { uses: [], calls: [] };
  visit(walk, root, { locals: [], optional: false, inBranch: false });
  return walk;
}

function visit(walk: Walk, node: CelNode, where: Where): void {
  const branch: Where = { ...where, inBranch: true };
  if (node.op === 'value') return;
  if (node.op === 'id' || node.op === '.' || node.op === '[]') return visitPath(walk, node, where);
  if (node.op === 'call') return visitCall(walk, node, where);
  if (node.op === 'rcall') return visitMethod(walk, node, where);
  const parts = nodesIn(node.args);
  const short = node.op === '&&' || node.op === '||' || node.op === '?:';
  parts.forEach((part, i) => visit(walk, part, short && i > 0 ? branch : where));
}

function visitPath(walk: Walk, node: CelNode, where: Where): void {
  const path: string[] = [];
  let at = node;
  while (at.op !== 'id') {
    if (at.op !== '.' && at.op !== '[]') return visit(walk, at, where);
    const [left, key] = at.args as [CelNode, CelNode | string];
    if (at.op === '.') path.unshift(key as string);
    else {
      const literal = (key as CelNode).op === 'value' ? (key as CelNode).args : undefined;
      if (typeof literal === 'string') path.unshift(literal);
      else {
        path.length = 0;
        visit(walk, key as CelNode, where);
      }
    }
    at = left;
  }
  const name = at.args as string;
  if (where.locals.includes(name)) return;
  const { optional, inBranch } = where;
  walk.uses.push({ path: [name, ...path], node, optional, inBranch });
}

function visitCall(walk: Walk, node: CelNode, where: Where): void {
  const [name, args] = node.args as [string, readonly CelNode[]];
  walk.calls.push({ name, node });
  args.forEach((arg, i) => {
    const asks = name === 'has' || (name === 'default' && i === 0);
    const branch = where.inBranch || (name === 'default' && i > 0);
    visit(walk, arg, { ...where, optional: where.optional || asks, inBranch: branch });
  });
}

function visitMethod(walk: Walk, node: CelNode, where: Where): void {
  const [name, receiver, args] = node.args as [string, CelNode, readonly CelNode[]];
  walk.calls.push({ name, node });
  const binds = name === 'bind' && receiver.op === 'id' && receiver.args === 'cel';
  if (!binds) visit(walk, receiver, where);
  const [first, ...others] = args;
  if (!first) return;
  const loops = LOOPS.has(name) && others.length > 0 && first.op === 'id';
  if (!loops && !binds) return args.forEach((arg) => visit(walk, arg, where));
  const inner = { ...where, inBranch: true, locals: [...where.locals, first.args as string] };
  if (binds && others[0]) visit(walk, others.shift() as CelNode, where);
  others.forEach((arg) => visit(walk, arg, inner));
}

function nodesIn(args: unknown): CelNode[] {
  if (Array.isArray(args)) return args.flatMap(nodesIn);
  return typeof args === 'object' && args !== null && 'op' in args ? [args as CelNode] : [];
}

/**
 * CEL lets only the last member be absent in `has(a.b.c)`; here any may, as those expect who know Ansible's
 * `is defined`. The library does so for selects written `.?`, so they are turned into these.
 */
export function softenHas(root: CelNode): void {
  for (const { name, node } of walkTree(root).calls) {
    if (name !== 'has' || node.op !== 'call') continue;
    const [argument] = (node.args as [string, readonly CelNode[]])[1];
    for (let at = argument; at?.op === '.'; at = (at.args as [CelNode])[0]) {
      (at as { op: string }).op = '.?';
    }
  }
}
