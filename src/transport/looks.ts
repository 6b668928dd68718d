import { quote } from './command.ts';
import { pathWord } from './paths.ts';

export const IS_DIRECTORY = 21;
export const TOO_LARGE = 22;
export const NOT_THERE = 23;
export const NOT_A_FOLDER = 24;

/**
 * Functions that every long-lived shell is given once: what is asked most then needs no subshell, and no process at
 * all where there is nothing at a path. They print errors in English, as all tools do in the C locale.
 *
 * oms_play_there PATH: 0 when something is there, or when it is not sure, and the tool behind it will say why; else
 * {@link NOT_THERE} with the nearest folder above that is there, or {@link NOT_A_FOLDER} with what is there in its place.
 */
export const LOOKS = `
oms_play_there() {
  if [ -e "$1" ] || [ -L "$1" ]; then return 0; fi
  OMS_PLAY_UP=$1
  until [ -e "$OMS_PLAY_UP" ] || [ -L "$OMS_PLAY_UP" ]; do
    OMS_PLAY_UP=\${OMS_PLAY_UP%/*}
    [ -n "$OMS_PLAY_UP" ] || OMS_PLAY_UP=/
  done
  if [ ! -d "$OMS_PLAY_UP" ]; then printf %s "$OMS_PLAY_UP"; return ${NOT_A_FOLDER}; fi
  if [ -x "$OMS_PLAY_UP" ]; then printf %s "$OMS_PLAY_UP"; return ${NOT_THERE}; fi
}
oms_play_stat() {
  oms_play_there "$1" || return
  LC_ALL=C stat -c '%f %u %g %s %Y %U %G' -- "$1" || return 1
  if [ -L "$1" ]; then LC_ALL=C readlink -n -- "$1"; fi
}
oms_play_stat_behind() {
  oms_play_there "$1" || return
  LC_ALL=C stat -L -c '%f %u %g %s %Y %U %G' -- "$1"
}
oms_play_checksum() {
  oms_play_there "$1" || return
  LC_ALL=C sha256sum -- "$1"
}
oms_play_read() {
  oms_play_there "$2" || return
  if [ -d "$2" ]; then return ${IS_DIRECTORY}; fi
  if [ -f "$2" ] && [ "$(LC_ALL=C stat -L -c %s -- "$2")" -gt "$1" ]; then return ${TOO_LARGE}; fi
  LC_ALL=C cat -- "$2"
}
`;

/** The text of one look; it neither exits nor changes the shell that it runs in. */
export type Look = string & { readonly __look: never };

/** Attributes of what is at a path, of a link itself with its target behind them. */
export function statLook(path: string, follow: boolean): Look {
  return `oms_play_stat${follow ? '_behind' : ''} ${pathWord(path)}` as Look;
}

export function checksumLook(path: string): Look {
  return `oms_play_checksum ${pathWord(path)}` as Look;
}

export function readLook(path: string, limitBytes: number): Look {
  return `oms_play_read ${quote(String(limitBytes))} ${pathWord(path)}` as Look;
}
