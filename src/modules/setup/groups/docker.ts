import type { DataMap } from '../../../model/data.ts';
import { isDataMap, type Data } from '../../../model/data.ts';
import type { FactGroup } from '../group.ts';

/** Docker: whether it is there, whether it answers this user, and which it is. */
export const docker: FactGroup = {
  name: 'docker',
  facts: [],
  own: ['docker'],
  // It takes as long as all the rest together, so it runs beside that.
  beside: {
    section: 'docker',
    command:
      "command -v docker>/dev/null&&{ echo there;$t docker version --format '{{json .}}' 2>/dev/null </dev/null;}",
  },
  read: (answer) => {
    const [there, json] = answer.section('docker')?.split('\n') ?? [];
    if (there !== 'there') return { facts: {}, own: { docker: { installed: false, reachable: false } } };
    const { Client, Server } = parsed(json ?? '');
    return {
      facts: {},
      own: {
        docker: {
          installed: true,
          reachable: isDataMap(Server),
          ...textOf(Server, 'Version', 'version'),
          ...textOf(Server, 'ApiVersion', 'api_version'),
          ...textOf(Client, 'Version', 'client_version'),
        },
      },
    };
  },
};

function parsed(json: string): DataMap {
  try {
    const value = JSON.parse(json) as Data;
    return isDataMap(value) ? value : {};
  } catch {
    return {};
  }
}

/** Old ones write APIVersion. */
function textOf(part: Data | undefined, key: string, name: string): DataMap {
  if (!isDataMap(part)) return {};
  const found = Object.entries(part).find(([other]) => other.toLowerCase() === key.toLowerCase())?.[1];
  return typeof found === 'string' ? { [name]: found } : {};
}
