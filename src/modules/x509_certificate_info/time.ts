import { ModuleError } from '../define.ts';

const UNITS: Readonly<Record<string, number>> = { w: 604_800, d: 86_400, h: 3600, m: 60, s: 1 };

/** A time as Ansible takes it: "+30d", "-1w2d", "+3600s", "20270101120000Z", or ISO 8601. */
export function parseTime(text: string, now: Date): Date {
  const relative = /^([+-])((?:\d+[wdhms])+)$/i.exec(text.trim());
  if (relative !== null) {
    const [, sign, amounts = ''] = relative;
    const parts = [...amounts.matchAll(/(\d+)([wdhms])/gi)];
    const seconds = parts.reduce(
      (sum, [, n, unit = 's']) => sum + Number(n) * (UNITS[unit.toLowerCase()] ?? 0),
      0,
    );
    return new Date(now.getTime() + (sign === '-' ? -1000 : 1000) * seconds);
  }
  const asn1 = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text.trim());
  const iso = asn1 === null ? text : `${asn1[1]}-${asn1[2]}-${asn1[3]}T${asn1[4]}:${asn1[5]}:${asn1[6]}Z`;
  const time = new Date(iso);
  if (/^\d{4}-/.test(iso) && !Number.isNaN(time.getTime())) return time;
  throw new ModuleError({
    message: `"${text}" is not a time`,
    hint: 'write "+30d" (w, d, h, m, s), "20270101120000Z" or "2027-01-01T12:00:00Z"',
  });
}
