import { readFile } from 'node:fs/promises';
import type { Rendering } from '../model/rendering.ts';
import { ModuleError } from '../modules/define.ts';
import { compileText } from '../template/file.ts';

/** What is in an encrypted file; undefined: it is not encrypted. */
type Decrypted = (path: string) => Promise<Buffer | undefined>;

/** Template files of the controller's, compiled once for all nodes, and again when a file has changed. */
export class TemplateFiles {
  readonly #known = new Map<string, { readonly text: string; readonly rendering: Rendering }>();

  readonly #decrypted: Decrypted;

  constructor(decrypted: Decrypted = async () => undefined) {
    this.#decrypted = decrypted;
  }

  /** Throws ModuleError where the template is wrong. */
  async rendering(path: string): Promise<Rendering> {
    const text = (await this.#decrypted(path))?.toString('utf8') ?? (await readFile(path, 'utf8'));
    const known = this.#known.get(path);
    if (known?.text === text) return known.rendering;
    const compiled = compileText(text, path);
    const [problem] = compiled.problems;
    if (problem !== undefined) {
      const place =
        problem.at === undefined ? path : `${problem.at.file}:${problem.at.line}:${problem.at.column}`;
      throw new ModuleError({ message: `${place}: ${problem.summary}. ${problem.detail}` });
    }
    this.#known.set(path, { text, rendering: compiled.value });
    return compiled.value;
  }
}
