import type { CompiledLayer, CompiledVariable, LayerChoice } from '../model/plan.ts';
import type { Condition, Rendering } from '../model/rendering.ts';
import type { Expression } from '../model/playbook.ts';
import type { SourceNode } from '../model/source.ts';
import type { VarLayer } from '../model/inventory.ts';
import type { Diagnostic, Checked } from '../diagnostics/diagnostic.ts';
import { choiceAmong } from './choice.ts';
import { ArgumentCatalog } from '../modules/schema.ts';
import { compileText } from '../template/file.ts';
import { compileValue } from '../template/value.ts';
import { compileCondition } from '../template/condition.ts';

/** Compiles templates and conditions once each and gathers their problems. */
export class Compiler {
  readonly problems: Diagnostic[] = [];
  readonly catalog = new ArgumentCatalog();
  readonly #layers = new Map<VarLayer, CompiledLayer>();
  readonly #templates = new Map<string, Rendering>();

  value(node: SourceNode): Rendering {
    return this.#take(compileValue(node));
  }

  condition(expression: Expression): Condition {
    return this.#take(compileCondition(expression));
  }

  conditions(expressions: readonly Expression[]): readonly Condition[] {
    return expressions.map((expression) => this.condition(expression));
  }

  layer(layer: VarLayer): CompiledLayer {
    const known = this.#layers.get(layer);
    if (known !== undefined) return known;
    const vars = new Map<string, CompiledVariable>();
    for (const [name, variable] of layer.vars) {
      vars.set(name, { value: this.value(variable.value), at: variable.at });
    }
    const made = { label: layer.label, vars, ...this.#choice(layer) };
    this.#layers.set(layer, made);
    return made;
  }

  /** A template file; `file.shownAs` is its name in diagnostics. */
  template(path: string, file: { readonly text: string; readonly shownAs: string }): Rendering {
    const known = this.#templates.get(path);
    if (known !== undefined) return known;
    const made = this.#take(compileText(file.text, file.shownAs));
    this.#templates.set(path, made);
    return made;
  }

  layers(layers: readonly VarLayer[]): readonly CompiledLayer[] {
    return layers.map((layer) => this.layer(layer));
  }

  /** Layers that may be absent, without the empty ones. */
  present(...layers: readonly (VarLayer | undefined)[]): readonly CompiledLayer[] {
    return layers.flatMap((layer) =>
      layer === undefined || (layer.vars.size === 0 && layer.choice === undefined) ? [] : [this.layer(layer)],
    );
  }

  #choice({ choice }: VarLayer): { readonly choice?: LayerChoice } {
    if (choice === undefined) return {};
    const names = choice.names.map((name) => this.value(name));
    const files = new Map([...choice.files].map(([path, layer]) => [path, this.layer(layer)]));
    return { choice: choiceAmong(names, choice.dir, files) };
  }

  #take<T>(checked: Checked<T>): T {
    this.problems.push(...checked.problems);
    return checked.value;
  }
}
