import type { ArgumentSpec, Play, RoleUse } from '../model/playbook.ts';
import type { SourceNode } from '../model/source.ts';
import type { VarLayer } from '../model/inventory.ts';
import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { PlayFactory } from './tasks.ts';

/** Checks a role's argument_specs against the values that are already written without a template. */
export function checkRoleArguments(
  use: RoleUse,
  nodes: readonly string[],
  play: Play,
  make: PlayFactory,
): void {
  for (const [name, spec] of use.role.argumentSpec) {
    const above = [use.role.vars, use.parameters, use.keywords.vars, play.keywords.vars, ...play.layers];
    for (const node of nodes) {
      const layers = [use.role.defaults, ...(make.inventory.nodes.get(node)?.layers ?? []), ...above];
      checkOne(name, spec, layers, { use, make, node });
    }
  }
}

interface SpecCheck {
  readonly use: RoleUse;
  readonly make: PlayFactory;
  readonly node: string;
}

function checkOne(
  name: string,
  spec: ArgumentSpec,
  layers: readonly (VarLayer | undefined)[],
  check: SpecCheck,
): void {
  const found = layers.findLast((layer) => layer?.vars.has(name))?.vars.get(name);
  if (found === undefined) {
    if (!spec.required || check.make.extraNames.has(name)) return;
    const detail = `Role "${check.use.role.name}" needs "${name}"${spec.description === '' ? '' : ` (${spec.description})`}; ${check.node} has no such variable.`;
    const here = `${check.use.role.dir}:${check.use.at.file}:${check.use.at.line}:${name}`;
    const found = problem('bad-argument', check.use.at, 'missing role argument', detail);
    report(check, [here, `${name}:${check.node}`], found);
    return;
  }
  const wrong = mismatch(found.value, spec);
  if (wrong === undefined) return;
  const detail = `Role "${check.use.role.name}": "${name}" ${wrong}.`;
  const at = found.value.at;
  const key = `${name}:${at.file}:${at.line}:${at.column}`;
  report(check, [key], problem('bad-argument', at, 'wrong role argument', detail));
}

/** Told once for a role and once for a value: not for each node, and not for each role that wants it too. */
function report(check: SpecCheck, keys: readonly string[], found: Diagnostic): void {
  const { toldArguments } = check.make;
  const told = keys.some((key) => toldArguments.has(key));
  for (const key of keys) toldArguments.add(key);
  if (!told) check.make.compiler.problems.push(found);
}

/** What is wrong with a value by its spec, in words; undefined: nothing that can be known now. */
function mismatch(value: SourceNode, spec: ArgumentSpec): string | undefined {
  if (value.kind === 'scalar' && typeof value.value === 'string' && value.value.includes('{{'))
    return undefined;
  if (value.kind === 'scalar' && value.value === null) return undefined;
  if (!typeFits(value, spec.type)) return `must be of type ${spec.type}`;
  if (spec.choices === undefined || value.kind !== 'scalar') return undefined;
  const fits = spec.choices.some((choice) => String(choice) === String(value.value));
  return fits ? undefined : `must be one of ${spec.choices.join(', ')}`;
}

function typeFits(value: SourceNode, type: ArgumentSpec['type']): boolean {
  const scalar = value.kind === 'scalar' ? value.value : undefined;
  switch (type) {
    case 'list':
      return value.kind === 'list';
    case 'dict':
      return value.kind === 'map';
    case 'int':
      return Number.isInteger(scalar) || (typeof scalar === 'string' && /^-?\d+$/.test(scalar));
    case 'float':
      return (
        typeof scalar === 'number' || (typeof scalar === 'string' && scalar.trim() !== '' && !isNaN(+scalar))
      );
    case 'bool':
      return typeof scalar === 'boolean';
    case 'str':
    case 'path':
      return value.kind === 'scalar';
    case 'raw':
      return true;
  }
}
