import type { Data } from '../model/data.ts';
import type { ArgumentSpec } from '../model/argument-spec.ts';
import type { CompiledVariable, NodePlan, RunPlan } from '../model/plan.ts';
import type { Lookup } from '../model/rendering.ts';
import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { validateArgument } from '../modules/validate_argument_spec/validate.ts';
import type { PlannedRole } from './factory.ts';
import { mayDefine } from './includes.ts';
import { knownLookup, knownToHold, variableIn } from './known-values.ts';
import { tasksOf } from './steps.ts';
import { specOf } from './validation.ts';

/**
 * Checks the roles' argument_specs against the values that are known before the run. What a task sets, or the facts, is
 * judged right before the role runs.
 */
export function checkRoleArguments(roles: readonly PlannedRole[], plan: RunPlan): readonly Diagnostic[] {
  const specified = roles.filter(({ use }) => use.role.argumentSpec.size > 0);
  if (specified.length === 0) return [];
  const check: SpecCheck = { plan, told: new Set(), problems: [], known: new Map(), ...setInRun(plan) };
  for (const role of specified) {
    for (const node of role.nodes) {
      const planned = plan.nodes.get(node);
      if (planned !== undefined) checkOnNode(role, planned, check);
    }
  }
  return check.problems;
}

interface SpecCheck {
  readonly plan: RunPlan;
  /** What was told already: not for each node again, and not for each role that wants the same. */
  readonly told: Set<string>;
  readonly problems: Diagnostic[];
  /** What is wrong with values that have no template, by where they are. */
  readonly known: Map<ArgumentSpec, Map<CompiledVariable, string | undefined>>;
  /** Names that tasks or facts may give a value to. */
  readonly dynamic: ReadonlySet<string>;
  /** A file that only the run names may define anything. */
  readonly open: boolean;
}

function setInRun(plan: RunPlan): Pick<SpecCheck, 'dynamic' | 'open'> {
  const tasks = plan.plays.flatMap((play) => [...play.steps, ...play.handlers].flatMap(tasksOf));
  const names = tasks.flatMap(({ factNames, register, gathersFacts, include }) => [
    ...factNames,
    ...(register === undefined ? [] : [register]),
    ...(gathersFacts?.names ?? []),
    ...(include?.fixed?.layer?.vars.keys() ?? []),
  ]);
  const late = tasks.map(mayDefine);
  const further = late.flatMap((each) => [...(each ?? [])]);
  return { dynamic: new Set([...names, ...further]), open: late.includes(undefined) };
}

function checkOnNode({ use, within }: PlannedRole, node: NodePlan, check: SpecCheck): void {
  const layers = [...within.below, ...node.layers, ...within.above, check.plan.extra];
  const items = within.loopVars ?? [];
  const dynamic = (name: string): boolean =>
    check.dynamic.has(name) ||
    items.includes(name) ||
    layers.some(({ choice, vars }) => choice !== undefined && vars.has(name));
  const lookup = knownLookup({ layers, node, dynamic, groups: check.plan.groups });
  // Where it may not run at all, the run will tell.
  if (!knownToHold([...within.when, ...(within.guards ?? [])], lookup)) return;
  for (const [name, spec] of use.role.argumentSpec) {
    if (dynamic(name)) continue;
    const found = variableIn(layers, name);
    if (found === undefined) {
      if (spec.required && !check.open) reportMissing(use, { name, spec, node: node.node.name }, check);
      continue;
    }
    const wrong = wrongWith(spec, name, found, { lookup, check });
    if (wrong === undefined) continue;
    const { at } = found.value;
    const detail = `Role "${use.role.name}": ${wrong}.`;
    const key = `${name}:${at.file}:${at.line}:${at.column}`;
    report(check, [key], problem('bad-argument', at, 'wrong role argument', detail));
  }
}

function reportMissing(
  { role, at }: PlannedRole['use'],
  { name, spec, node }: { readonly name: string; readonly spec: ArgumentSpec; readonly node: string },
  check: SpecCheck,
): void {
  const about = spec.description === '' ? '' : ` (${spec.description})`;
  const detail = `Role "${role.name}" needs "${name}"${about}; ${node} has no such variable.`;
  const here = `${role.dir}:${at.file}:${at.line}:${name}`;
  report(check, [here, `${name}:${node}`], problem('bad-argument', at, 'missing role argument', detail));
}

function report({ told, problems }: SpecCheck, keys: readonly string[], found: Diagnostic): void {
  const known = keys.some((key) => told.has(key));
  for (const key of keys) told.add(key);
  if (!known) problems.push(found);
}

interface Around {
  readonly lookup: Lookup;
  readonly check: SpecCheck;
}

function wrongWith(
  spec: ArgumentSpec,
  name: string,
  variable: CompiledVariable,
  { lookup, check }: Around,
): string | undefined {
  const answers = check.known.get(spec) ?? new Map<CompiledVariable, string | undefined>();
  check.known.set(spec, answers);
  if (answers.has(variable)) return answers.get(variable);
  const value = valueOf(name, lookup);
  const [wrong] = value === undefined ? [] : validateArgument(specOf(spec), value, `"${name}"`);
  if (variable.value.constant) answers.set(variable, wrong);
  return wrong;
}

/** undefined: only the run can tell. */
function valueOf(name: string, lookup: Lookup): Data | undefined {
  try {
    return lookup.get(name);
  } catch {
    return undefined;
  }
}
