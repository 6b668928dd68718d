import { isIPv6 } from 'node:net';
import { problem } from '../diagnostics/diagnostic.ts';
import { factMaps } from '../model/facts.ts';
import { magicNames } from '../model/magic.ts';
import type { SourceRange } from '../model/source.ts';
import type { Report } from './shape.ts';

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;
const NAME = /^[A-Za-z0-9_.][A-Za-z0-9_.-]*$/;

/** Words that mean something in CEL: a variable of such a name could never be read in a condition. */
const CEL_WORDS: readonly string[] = [
  ...['as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'in', 'let', 'loop'],
  ...[
    'namespace',
    'package',
    'return',
    'var',
    'void',
    'while',
    'true',
    'false',
    'null',
    '__proto__',
    'prototype',
  ],
  ...['bool', 'bytes', 'double', 'dyn', 'int', 'list', 'map', 'null_type', 'string', 'type', 'uint'],
];

/** True when it can be the name of a variable; otherwise says why not. */
export function checkVariableName(name: string, at: SourceRange, report: Report): boolean {
  const why = whyNoVariable(name);
  if (why === undefined) return true;
  report(
    problem('bad-value', at, 'bad variable name', `"${name}" cannot be the name of a variable: ${why}.`),
  );
  return false;
}

function whyNoVariable(name: string): string | undefined {
  if (CEL_WORDS.includes(name))
    return 'it is a reserved word of conditions (CEL). Choose another, e.g. with a prefix';
  if (magicNames.includes(name) || factMaps.includes(name)) return 'oms-play sets it itself';
  if (IDENTIFIER.test(name)) return undefined;
  const better = name.replace(/[^A-Za-z0-9_]+/g, '_');
  const hint = name !== better && IDENTIFIER.test(better) ? `. Write ${better}` : '';
  return `letters, digits and _ are possible, and it begins with no digit${hint}`;
}

/** True when it can name a node, region, group or role; `what` says which. */
export function checkName(name: string, what: string, at: SourceRange, report: Report): boolean {
  if (NAME.test(name)) return true;
  const detail = `"${name}" cannot name a ${what}: letters, digits, "_", "." and "-" are possible, and no "-" in front.`;
  report(problem('bad-value', at, `bad name`, detail));
  return false;
}

/** True for a host name or an IPv4 or IPv6 address; it reaches command lines, so nothing else passes. */
export function checkAddress(address: string, at: SourceRange, report: Report): boolean {
  const plain = /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/.test(address);
  if ((plain && !isBrokenIpv4(address)) || isIPv6(address)) return true;
  const why = address.includes('{{')
    ? 'templates are not possible here; set ansible_host under vars for that'
    : isBrokenIpv4(address)
      ? 'an IPv4 address has four numbers from 0 to 255'
      : /^\S+:\d+$/.test(address)
        ? 'it has a port; write the port as ansible_port under vars'
        : 'it is neither a host name nor an IP address';
  report(problem('bad-value', at, 'bad address', `"${address}" cannot be an address: ${why}.`));
  return false;
}

function isBrokenIpv4(address: string): boolean {
  if (!/^[\d.]+$/.test(address)) return false;
  const parts = address.split('.');
  return parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255);
}
