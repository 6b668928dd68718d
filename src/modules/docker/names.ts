/** A reference as `docker images` shows it: without Docker Hub's own prefixes, with `:latest` when it has no tag. */
export function familiarName(reference: string): string {
  const name = reference.replace(/^(index\.)?docker\.io\/(library\/)?/, '');
  if (isImageId(name) || name.includes('@')) return name;
  return name.slice(name.lastIndexOf('/') + 1).includes(':') ? name : `${name}:latest`;
}

/** True for `sha256:` with 64 digits. */
export function isImageId(reference: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(reference);
}

/** What an image may be called in an argument; a leading dash would be read as an option. */
export const IMAGE_REFERENCE = /^[A-Za-z0-9][\w.:/@-]*$/;

/** What Docker allows as a container's name. */
export const CONTAINER_NAME = /^[A-Za-z0-9][\w.-]*$/;

/** 6442450944 → "6.4 GB". */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** Environment variables whose values nobody should read. */
export const SECRET_NAME = /pass|secret|token|key/i;
