import { expect } from 'chai';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { loadPlaybook } from '../../src/load/playbook.ts';
import type { Play } from '../../src/model/playbook.ts';
import { places, withProject } from './project.ts';

const MODULES = new Set([
  'command',
  'shell',
  'copy',
  'file',
  'template',
  'debug',
  'directory',
  'docker_image',
]);

/** Loads a playbook from these files. */
export function load(files: Readonly<Record<string, string>>, file = 'site.yml') {
  return withProject(files, ({ path, sources, dir }) => {
    const options = { rolePaths: [path('package/roles')], moduleNames: MODULES };
    return { ...loadPlaybook(path(file), sources, options), dir };
  });
}

/** The first play, where no problem is expected. */
export function goodPlay(text: string, files: Readonly<Record<string, string>> = {}): Play {
  const { value, problems } = load({ 'site.yml': text, ...files });
  expect(problems).to.deep.equal([]);
  const [play] = value.plays;
  if (play === undefined) throw new Error('no play');
  return play;
}

/** `line:column code` of each problem in site.yml. */
export function shortPlaces(problems: readonly Diagnostic[]): readonly string[] {
  return places(problems).map((place) => place.replace('site.yml:', ''));
}
