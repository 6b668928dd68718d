import { readFile } from 'node:fs/promises';
import type { Sources } from '../load/sources.ts';
import { ModuleError } from '../modules/define.ts';
import type { ProjectFiles } from '../plan/files.ts';
import { armored, isBinaryAge, isVaultFile } from '../vault/format.ts';
import { learnLines } from '../vault/learn.ts';
import type { Opened } from '../vault/opened.ts';

/** Opens encrypted files that tasks send or render, while the plan is made; what comes out is masked from then on. */
export function openEncrypted(sources: Sources): Pick<Required<ProjectFiles>, 'isEncrypted' | 'open'> {
  return {
    isEncrypted: isVaultFile,
    open(path) {
      const ciphertext = sources.read(path);
      const opened = ciphertext === undefined ? undefined : sources.vault?.open(ciphertext);
      // Places in it count in a text that must not be shown.
      sources.conceal(path);
      if (opened === undefined) return undefined;
      return opened.kind === 'text' ? { text: learned(opened, sources) } : { words: opened.words };
    },
  };
}

/** The same for a run: the bytes of a file that is encrypted; undefined: it is not. Throws ModuleError. */
export function decrypterOf(
  sources: Sources,
  unlock: () => Promise<boolean>,
): (path: string) => Promise<Buffer | undefined> {
  return async (path) => {
    if (!isVaultFile(path)) return undefined;
    const bytes = await readFile(path);
    const ciphertext = isBinaryAge(bytes) ? armored(bytes) : bytes.toString('utf8');
    let opened = sources.vault?.open(ciphertext);
    if (opened === undefined && (await unlock())) opened = sources.vault?.open(ciphertext);
    if (opened?.kind === 'text') return Buffer.from(learned(opened, sources));
    throw new ModuleError({
      message: `${path} is encrypted and cannot be decrypted`,
      hint: opened?.words ?? 'Nothing can be decrypted here.',
    });
  };
}

function learned(opened: Opened & { readonly kind: 'text' }, { vault }: Sources): string {
  if (vault !== undefined) learnLines(opened.text, vault.masker);
  return opened.text;
}
