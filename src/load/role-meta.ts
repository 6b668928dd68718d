import type { Role } from '../model/playbook.ts';
import type { SourceEntry } from '../model/source.ts';
import { readArgumentSpecs } from './argument-specs.ts';
import { findYaml, openYaml } from './open.ts';
import type { RoleLibrary } from './role-library.ts';
import { readRoleUses } from './role-use.ts';
import { asBoolean, asMap, checkKeys, fieldsOf } from './shape.ts';
import type { Report } from './shape.ts';
import type { Sources } from './sources.ts';

interface MetaReading {
  readonly sources: Sources;
  readonly report: Report;
  readonly library: RoleLibrary;
  readonly users: readonly string[];
}

const META_KEYS = [
  'dependencies',
  'argument_specs',
  'galaxy_info',
  'allow_duplicates',
  'collections',
  'standalone',
];

/** What meta/main.yml and meta/argument_specs.yml say; what describes the role for Galaxy is left alone. */
export function readMeta(
  dir: string,
  entryPoint: string,
  reading: MetaReading,
): Pick<Role, 'dependencies' | 'argumentSpec' | 'entryPoints' | 'entryPoint' | 'allowDuplicates'> {
  const { report } = reading;
  const main = readFile(dir, 'main', META_KEYS, reading);
  const specs = readFile(dir, 'argument_specs', ['argument_specs'], reading);
  const node = specs?.get('argument_specs')?.value ?? main?.get('argument_specs')?.value;
  const entryPoints = readArgumentSpecs(node, report);
  const dependencies = main?.get('dependencies')?.value;
  const again = main?.get('allow_duplicates')?.value;
  return {
    dependencies:
      dependencies === undefined
        ? []
        : readRoleUses(dependencies, '"dependencies"', reading.library, reading.users),
    argumentSpec: entryPoints.get(entryPoint)?.options ?? new Map(),
    entryPoints,
    entryPoint,
    allowDuplicates: (again && asBoolean(again, '"allow_duplicates"', report)) ?? false,
  };
}

function readFile(
  dir: string,
  base: string,
  keys: readonly string[],
  { sources, report }: MetaReading,
): ReadonlyMap<string, SourceEntry> | undefined {
  const file = findYaml(dir, base, sources, report);
  const node = file === undefined ? undefined : openYaml(file, sources, report);
  const map = node === undefined ? undefined : asMap(node, `meta/${base}.yml`, report);
  if (map === undefined) return undefined;
  checkKeys(map, keys, `meta/${base}.yml`, report);
  return fieldsOf(map);
}
