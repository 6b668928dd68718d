import * as z from 'zod';

const OCTAL = /^[0-7]{3,4}$/;
const SYMBOLIC = /^[ugoa]*[-+=][rwxXst]*(,[ugoa]*[-+=][rwxXst]*)*$/;
const HINT = 'a mode is a quoted octal text such as "0755" (YAML reads an unquoted 0755 as the number 755)';

/** Schema of a file mode: quoted octal digits or chmod's symbolic form such as "u=rw,g=r". */
export const fileMode = z
  .string({ error: `quote it: ${HINT}` })
  .refine((text) => OCTAL.test(text) || SYMBOLIC.test(text), {
    error: `not a mode: ${HINT}, or symbolic as in "u=rw,g=r"`,
  });

/** Four octal digits that `mode` makes of a file; symbolic ones start from what it has now. */
export function resolveMode(mode: string, now: string, isDirectory: boolean): string {
  if (OCTAL.test(mode)) return mode.padStart(4, '0');
  const start = Number.parseInt(now, 8);
  const bits = mode.split(',').reduce((b, clause) => applyClause(b, clause, isDirectory), start);
  return bits.toString(8).padStart(4, '0');
}

function applyClause(before: number, clause: string, isDirectory: boolean): number {
  const [, who = '', operator = '=', permissions = ''] = /^([ugoa]*)([-+=])(.*)$/.exec(clause) ?? [];
  const all = who === '' || who.includes('a');
  let bits = before;
  for (const [letter, shift] of [
    ['u', 6],
    ['g', 3],
    ['o', 0],
  ] as const) {
    if (!all && !who.includes(letter)) continue;
    const triple = tripleOf(permissions, isDirectory || (before & 0o111) !== 0) << shift;
    if (operator === '=') bits = (bits & ~(0o7 << shift)) | triple;
    else bits = operator === '+' ? bits | triple : bits & ~triple;
  }
  return applySpecial(bits, all ? 'ugo' : who, operator, permissions);
}

function tripleOf(permissions: string, mayExecute: boolean): number {
  const execute = permissions.includes('x') || (permissions.includes('X') && mayExecute);
  return (permissions.includes('r') ? 4 : 0) | (permissions.includes('w') ? 2 : 0) | (execute ? 1 : 0);
}

function applySpecial(bits: number, who: string, operator: string, permissions: string): number {
  let special = 0;
  if (permissions.includes('s'))
    special |= (who.includes('u') ? 0o4000 : 0) | (who.includes('g') ? 0o2000 : 0);
  if (permissions.includes('t')) special |= 0o1000;
  return operator === '-' ? bits & ~special : bits | special;
}
