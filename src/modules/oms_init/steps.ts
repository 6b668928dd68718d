const STEP = /^\[Step (\d+)\/(\d+)\]\s*(.*)$/;

/** How far an initialisation has come, by what it printed. */
export interface Steps {
  readonly done: number;
  readonly total: number;
  readonly names: readonly string[];
}

/** Finds the step lines ("[Step 2/5] create the databases") in an output; the first line of a step names it. */
export function stepsIn(output: string): Steps {
  const names = new Map<number, string>();
  let total = 0;
  for (const line of output.split(/\r?\n/)) {
    const [, number, of, name] = STEP.exec(line) ?? [];
    if (number === undefined) continue;
    total = Number(of);
    if (!names.has(Number(number))) names.set(Number(number), name ?? '');
  }
  return { done: names.size, total, names: [...names.values()] };
}

/** The last words of docker_init.sh, old and new. */
export function saysCompleted(output: string): boolean {
  return /^\[(Completed|End)\] All initialization steps (are executed|completed successfully)/m.test(output);
}
