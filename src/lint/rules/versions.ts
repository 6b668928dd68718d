import type { LintRule, LintTask } from '../rule.ts';
import { isText, valueOf, type TextNode } from '../tree.ts';

const PACKAGES = ['package', 'apt', 'dnf', 'yum', 'pip', 'npm', 'apk'];
const IMAGE_ARGUMENTS: Readonly<Record<string, string>> = { docker_container: 'image', docker_image: 'name' };

/** Whatever is newest on the day of the run. */
export const latestVersion: LintRule = {
  name: 'latest-version',
  severity: 'warning',
  summary: 'no fixed version',
  why: 'What is newest differs from day to day, so two nodes get different versions, and a run that was tested is not the run that is done.',
  fix: 'Name the version.',
  bad: {
    kind: 'tasks',
    text: '- name: Run OMS\n  docker_container: { name: oms, image: "oms:latest", state: started }\n',
    at: '2:41',
  },
  good: {
    kind: 'tasks',
    text: '- name: Run OMS\n  docker_container: { name: oms, image: "oms:4.2.5-CE", state: started }\n',
  },
  task: (task, report) => {
    const image = imageOf(task);
    if (image !== undefined && !hasVersion(image.value)) {
      const detail = 'Which image this is changes over time. Name it with its version or digest: name:4.2.5.';
      report({ at: image.at, detail });
    }
    if (!PACKAGES.includes(task.module?.name ?? '')) return;
    const state = valueOf(task.module?.entry.value, 'state');
    if (isText(state) && state.value === 'latest') {
      report({ at: state.at, detail: 'Write present, and the version behind the name of the package.' });
    }
  },
};

function imageOf({ module }: LintTask): TextNode | undefined {
  const name = IMAGE_ARGUMENTS[module?.name ?? ''];
  const node = name === undefined ? undefined : valueOf(module?.entry.value, name);
  return isText(node) ? node : undefined;
}

/** A template may bring the version. */
function hasVersion(image: string): boolean {
  if (image.endsWith(':latest')) return false;
  if (image.includes('{{') || image.includes('@') || /^sha256:/.test(image)) return true;
  return /:[^/]+$/.test(image);
}
