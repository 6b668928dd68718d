import type { UserArgs } from './args.ts';

const NAMES = ['CIPHER', 'ISSUER', 'SUBJECT'] as const;

type Details = Readonly<Partial<Record<(typeof NAMES)[number], string | undefined>>>;

/** What is required of a connection, in the words of REQUIRE; from the columns of mysql.user. */
export function tlsOf(type: string, details: Details): string {
  if (type === 'SPECIFIED') return detailed(details);
  return type === 'ANY' ? 'SSL' : type === 'X509' ? 'X509' : 'NONE';
}

/** The same from the arguments; undefined: nothing was asked for. */
export function wantedTls(wanted: UserArgs['tls_requires']): string | undefined {
  if (wanted === undefined) return undefined;
  if (NAMES.some((name) => wanted[name] !== undefined)) return detailed(wanted);
  return wanted.X509 !== undefined ? 'X509' : wanted.SSL !== undefined ? 'SSL' : 'NONE';
}

function detailed(details: Details): string {
  return NAMES.flatMap((name) => {
    const value = details[name];
    return value === undefined || value === '' ? [] : [`${name} ${quoted(value)}`];
  }).join(' AND ');
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
