import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Io } from './io.ts';

/** Where oms-play keeps what is of this machine and user: $XDG_STATE_HOME/oms-play, else ~/.local/state/oms-play. */
export function stateFolder(env: Io['env']): string {
  const given = env['XDG_STATE_HOME'];
  // A relative one is to be ignored, says the standard.
  const base = given !== undefined && isAbsolute(given) ? given : join(homeOf(env), '.local', 'state');
  return join(base, 'oms-play');
}

/** Where it keeps what can be found out again: $XDG_CACHE_HOME/oms-play, else ~/.cache/oms-play. */
export function cacheFolder(env: Io['env']): string {
  const given = env['XDG_CACHE_HOME'];
  const base = given !== undefined && isAbsolute(given) ? given : join(homeOf(env), '.cache');
  return join(base, 'oms-play');
}

function homeOf(env: Io['env']): string {
  const { HOME: home } = env;
  return home !== undefined && home !== '' ? home : homedir();
}
