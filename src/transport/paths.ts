import { quote } from './command.ts';

/** A path as one shell word that no tool takes for an option; `~/` is the home of whoever runs the command. */
export function pathWord(path: string): string {
  if (path === '~' || path.startsWith('~/')) return `"$HOME"${quote(path.slice(1) || '/')}`;
  return quote(path.startsWith('/') ? path : `./${path}`);
}

/** Path of another name in the same folder. */
export function besides(path: string, name: string): string {
  return `${path.slice(0, path.lastIndexOf('/') + 1)}${name}`;
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
