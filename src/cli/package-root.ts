import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

declare const __VERSION__: string | undefined;

/** The folder of the installed package: where its playbooks/ and roles/ are, whether run from dist/ or src/. */
export function packageRoot(): string {
  for (let dir = dirname(fileURLToPath(import.meta.url)); ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'package.json')) || dir === dirname(dir)) return dir;
  }
}

/** The version: put in by the build, read from package.json when run from source. */
export function packageVersion(): string {
  if (typeof __VERSION__ === 'string') return __VERSION__;
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
