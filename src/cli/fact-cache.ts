import { join } from 'node:path';
import { createFactCache } from '../modules/setup/cache.ts';
import { createSetup } from '../modules/setup/index.ts';
import type { Io } from './io.ts';
import type { Project } from './project.ts';
import { cacheFolder } from './state-folder.ts';

/** The project with facts taken from earlier runs that are not older than that. */
export function withFactCache(project: Project, maxAgeMs: number, env: Io['env']): Project {
  const cache = createFactCache({ folder: join(cacheFolder(env), 'facts'), maxAgeMs });
  const setup = createSetup(cache);
  return { ...project, modules: new Map([...project.modules, [setup.name, setup]]) };
}
