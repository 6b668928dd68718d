import type { DataMap } from '../../../model/data.ts';
import type { FactGroup, Moment } from '../group.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const DAY_MS = 86_400_000;

/** The node's clock, and how far it is from the controller's. */
export const dateTime: FactGroup = {
  name: 'date_time',
  facts: ['date_time'],
  own: ['clock'],
  fleeting: true,
  script: "s date;date '+%s %N %z %Z'",
  read: (answer, moment) => {
    const [, seconds, nanoseconds, zone = '', name = ''] =
      /^(\d+) (\S*) ([+-]\d{4}) (.*)$/m.exec(answer.section('date') ?? '') ?? [];
    if (seconds === undefined) return { facts: {} };
    // The date of busybox knows no part of a second, and prints the letters.
    const known = /^\d{9}$/.test(nanoseconds ?? '') ? Number(nanoseconds) : undefined;
    const time = { seconds: Number(seconds), micros: Math.floor((known ?? 0) / 1000) };
    const own = { clock: clockOf(Number(seconds) * 1000 + (known ?? 0) / 1e6, known !== undefined, moment) };
    return { facts: { date_time: dateTimeOf(time, zone, name.trim()) }, own };
  },
};

/** The date was told somewhere between question and answer: halfway, give or take half of that. */
function clockOf(nodeMs: number, exact: boolean, { asked, answered }: Moment): DataMap {
  const middle = (asked + answered) / 2;
  const rounding = exact ? 0 : 500;
  return {
    offset: inSeconds(nodeMs + rounding - middle),
    precision: inSeconds((answered - asked) / 2 + rounding),
  };
}

function inSeconds(ms: number): number {
  return Math.round(ms) / 1000;
}

function dateTimeOf(
  time: { readonly seconds: number; readonly micros: number },
  zone: string,
  name: string,
): DataMap {
  const sign = zone.startsWith('-') ? -1 : 1;
  const shiftMinutes = sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3)));
  const utc = new Date(time.seconds * 1000);
  const local = new Date(utc.getTime() + shiftMinutes * 60_000);
  const [date = '', clock = ''] = local.toISOString().slice(0, 19).split('T');
  const [year = '', month = '', day = ''] = date.split('-');
  const [hour = '', minute = '', second = ''] = clock.split(':');
  const micros = String(time.micros).padStart(6, '0');
  const short = `${year}${month}${day}T${hour}${minute}${second}`;
  const weekday = local.getUTCDay();
  return {
    ...{ year, month, day, hour, minute, second, date, time: clock },
    weekday: DAYS[weekday] ?? '',
    weekday_number: String(weekday),
    weeknumber: weekOf(local),
    epoch: String(time.seconds),
    epoch_int: String(time.seconds),
    iso8601: `${utc.toISOString().slice(0, 19)}Z`,
    iso8601_micro: `${utc.toISOString().slice(0, 19)}.${micros}Z`,
    iso8601_basic: `${short}${micros}`,
    iso8601_basic_short: short,
    tz: name,
    tz_offset: zone,
  };
}

/** Weeks begin on Monday; the days before the first Monday of the year are week 00. */
function weekOf(local: Date): string {
  const dayOfYear = Math.floor((local.getTime() - Date.UTC(local.getUTCFullYear(), 0, 1)) / DAY_MS);
  const mondayBased = (local.getUTCDay() + 6) % 7;
  return String(Math.floor((dayOfYear + 7 - mondayBased) / 7)).padStart(2, '0');
}
