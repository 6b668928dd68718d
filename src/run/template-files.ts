import { readFile } from 'node:fs/promises';
import type { Rendering } from '../model/plan.ts';
import { ModuleError } from '../modules/define.ts';
import { compileText } from '../template/file.ts';

/** Template files of the controller's, compiled once for all nodes, and again when a file has changed. */
export class TemplateFiles {
  readonly #known = new Map<string, { readonly text: string; readonly rendering: Rendering }>();

  /** Throws ModuleError where the template is wrong. */
  async rendering(path: string): Promise<Rendering> {
    const text = await readFile(path, 'utf8');
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
