/** How often a property is tried; `OMS_PLAY_TEST_RUNS=100` makes a hundred times as many of it for a long search. */
export function runs(usual: number): { readonly numRuns: number } {
  const factor = Number(process.env['OMS_PLAY_TEST_RUNS'] ?? 1);
  return { numRuns: Math.max(1, Math.round(usual * factor)) };
}

/** For mocha's `this.timeout`: enough for a long search too. */
export function patience(seconds: number): number {
  return seconds * 1000 * Math.max(1, Number(process.env['OMS_PLAY_TEST_RUNS'] ?? 1));
}

/** The work of this process alone, in milliseconds, however busy the machine is. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
