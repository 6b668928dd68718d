import type { Change } from '../../model/result.ts';

/** What a package manager would do to one package. */
export interface PackageChange {
  readonly name: string;
  /** undefined: it is not there. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** "bash: absent → 5.2" */
export function packageChanges(all: readonly PackageChange[]): Change[] {
  return all.map(({ name, before = 'absent', after = 'absent' }) => ({
    subject: name,
    summary: `${before} → ${after}`,
    diff: { kind: 'values', rows: [{ name, before, after }] },
  }));
}
