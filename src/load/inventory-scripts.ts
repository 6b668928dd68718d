import { problem } from '../diagnostics/diagnostic.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceMap, SourceNode } from '../model/source.ts';
import type { GroupFile } from './inventory-foreign.ts';
import { hostsInGroups, readGroupsJson } from './inventory-json.ts';
import { isExecutable, RunningScripts, runScript } from './inventory-script.ts';
import type { ScriptOutput } from './inventory-script.ts';
import { inventorySources } from './inventory-sources.ts';
import { parseJson } from './json-places.ts';
import { startOf } from './open.ts';
import { kindOf } from './shape.ts';
import type { Sources } from './sources.ts';

/** What each script said, by its path. */
export type ScriptAnswers = ReadonlyMap<string, ScriptAnswer>;

/** What one script said: its groups, and what is wrong with it. */
export interface ScriptAnswer {
  readonly file: GroupFile;
  readonly problems: readonly Diagnostic[];
}

/** Settings of dynamic inventories. */
export interface ScriptOptions {
  /** How long one call of a script may take. */
  readonly timeoutMs: number;
}

const AT_ONCE = 8;
const NOTHING: GroupFile = { sections: [] };

interface Script {
  readonly path: string;
  readonly shown: string;
  readonly sources: Sources;
  readonly options: ScriptOptions;
  readonly running: RunningScripts;
}

/** Runs the dynamic inventories among what `-i` names, all at the same time; each is asked once. */
export async function askScripts(
  given: readonly string[],
  sources: Sources,
  options: ScriptOptions,
): Promise<ScriptAnswers> {
  const found = inventorySources(given, sources, () => undefined);
  const paths = [...new Set(found.flatMap((one) => (one.kind === 'script' ? [one.path] : [])))];
  if (paths.length === 0) return new Map();
  const running = new RunningScripts();
  running.listen();
  const answers = paths.map(async (path): Promise<readonly [string, ScriptAnswer]> => {
    return [path, await ask({ path, shown: sources.shown(path), sources, options, running })];
  });
  try {
    return new Map(await Promise.all(answers));
  } finally {
    running.forget();
  }
}

/** The answer for a script that was not to be run. */
export function notAsked(shown: string): ScriptAnswer {
  const detail = `${shown} is a dynamic inventory (an executable), and it is not run here: its nodes are not known.`;
  const found = problem('not-found', startOf(shown), 'dynamic inventory not run', detail);
  return { file: NOTHING, problems: [{ ...found, severity: 'warning' }] };
}

async function ask(script: Script): Promise<ScriptAnswer> {
  const { path, shown } = script;
  if (!isExecutable(path)) {
    const detail = `${shown} begins with "#!", so it is a dynamic inventory, but it is not executable: chmod +x ${shown}`;
    return {
      file: NOTHING,
      problems: [problem('file-unreadable', startOf(shown), 'not executable', detail)],
    };
  }
  const problems: Diagnostic[] = [];
  const read = await answerOf(script, ['--list'], problems);
  if (read === undefined) return { file: NOTHING, problems };
  const report = (found: Diagnostic): void => void problems.push(found);
  const hasMeta = read.entries.some(({ key }) => key === '_meta');
  if (hasMeta) return { file: readGroupsJson(read, shown, report), problems };
  const hosts = hostsInGroups(readGroupsJson(read, shown, () => undefined));
  const vars = await askHosts(script, hosts, problems);
  return { file: readGroupsJson(read, shown, report, (name) => vars.get(name)), problems };
}

/** One call for each host, for scripts that print no `_meta`. The first failure ends it. */
async function askHosts(
  script: Script,
  hosts: readonly string[],
  problems: Diagnostic[],
): Promise<ReadonlyMap<string, SourceMap>> {
  const vars = new Map<string, SourceMap>();
  const waiting = hosts.filter((name) => !name.startsWith('-')).values();
  const work = async (): Promise<void> => {
    for (const name of waiting) {
      if (problems.some(({ severity }) => severity === 'error')) return;
      const read = await answerOf(script, ['--host', name], problems);
      if (read !== undefined) vars.set(name, read);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return vars;
}

async function answerOf(
  script: Script,
  args: readonly string[],
  problems: Diagnostic[],
): Promise<SourceMap | undefined> {
  const output = await runScript(script.path, args, {
    timeoutMs: script.options.timeoutMs,
    running: script.running,
  });
  const call = `${script.shown} ${args.join(' ')}`;
  if ('failure' in output) {
    const detail = `${call}: ${output.failure}.${shownStderr(output)}`;
    problems.push(problem('file-unreadable', undefined, 'dynamic inventory failed', detail));
    return undefined;
  }
  const text = output.stdout.replace(/^\uFEFF/, '');
  script.sources.add(call, text);
  const map = mapOf(text, call, output, problems);
  if (map !== undefined && output.stderr !== '') {
    const detail = `${call} ended well, but says:${shownStderr(output)}`;
    const found = problem('bad-value', undefined, 'dynamic inventory complains', detail);
    problems.push({ ...found, severity: 'warning' });
  }
  return map;
}

function mapOf(
  text: string,
  call: string,
  output: ScriptOutput,
  problems: Diagnostic[],
): SourceMap | undefined {
  if (text.trim() === '') {
    const detail = `${call} printed nothing. It must print a map as JSON: {"group": {"hosts": ["name"]}, "_meta": {"hostvars": {}}}`;
    problems.push(problem('empty-file', undefined, 'dynamic inventory printed nothing', detail));
    return undefined;
  }
  const parsed = parseJson(text, call);
  if (parsed.value?.kind === 'map') return parsed.value;
  problems.push(...parsed.problems.map((found) => notJson(found, call, output)));
  if (parsed.value !== undefined) problems.push(notMap(parsed.value, call));
  return undefined;
}

function notJson(found: Diagnostic, call: string, output: ScriptOutput): Diagnostic {
  const detail = `${found.detail} ${call} must print JSON and nothing else; messages belong on stderr.${shownStderr(output)}`;
  return { ...found, code: 'file-unreadable', detail };
}

function notMap(value: SourceNode, call: string): Diagnostic {
  const detail = `${call} must print a map of groups ({"group": {"hosts": ["name"]}}), not ${kindOf(value)}.`;
  return problem('wrong-type', value.at, 'wrong type', detail);
}

function shownStderr({ stderr }: ScriptOutput): string {
  return stderr === '' ? '' : `\n${stderr}`;
}
