import type { Data, DataMap } from '../model/data.ts';
import { isDataMap } from '../model/data.ts';
import type { CompiledLayer, CompiledVariable, LayerChoice } from '../model/plan.ts';
import type { Lookup } from '../model/rendering.ts';
import type { Masker } from '../model/masker.ts';
import { fallbackNames, isSecretName } from '../model/magic.ts';
import { TemplateError } from '../template/errors.ts';

/** Where a scope's variables come from, in Ansible's sense of precedence from low to high. */
export interface ScopeSources {
  readonly below: readonly CompiledLayer[];
  readonly node: readonly CompiledLayer[];
  /** What was found out about the node: data, never templates. */
  readonly facts: ReadonlyMap<string, Data>;
  readonly above: readonly CompiledLayer[];
  /** set_fact and register: data, never templates. */
  readonly dynamic: ReadonlyMap<string, Data>;
  readonly extra: CompiledLayer;
  /** `item`, the current result. */
  readonly local: ReadonlyMap<string, Data>;
  /** Variables that are always there; undefined: there are none. */
  readonly magic:
    { get(name: string): Data | undefined; fallback(name: string): Data | undefined } | undefined;
  readonly magicNames: readonly string[];
}

/** The variables that one task sees on one node; each is rendered when it is first asked for. */
export class Scope implements Lookup {
  readonly #sources: ScopeSources;
  readonly #masker: Masker;
  // Made when they are needed: a run has two scopes for each task on each node, and most read few variables.
  #rendered: Map<string, Data> | undefined;
  #rendering: Set<string> | undefined;
  #picked: Map<CompiledLayer, CompiledLayer | undefined> | undefined;

  constructor(sources: ScopeSources, masker: Masker) {
    this.#sources = sources;
    this.#masker = masker;
  }

  /** The same scope with some names on top (a loop's item, a result). */
  with(local: ReadonlyMap<string, Data>): Scope {
    const below = this.#sources.local;
    const merged = below.size === 0 ? local : new Map([...below, ...local]);
    // `local` is there already: an object that is copied and then added to has a shape of its own.
    return new Scope({ ...this.#sources, local: merged }, this.#masker);
  }

  get(name: string): Data | undefined {
    const { local, magic, extra, dynamic } = this.#sources;
    const data = local.get(name) ?? magic?.get(name);
    if (data !== undefined) return data;
    const fromExtra = extra.vars.get(name);
    if (fromExtra !== undefined) return this.#render(name, fromExtra);
    const kept = dynamic.get(name);
    if (kept !== undefined) return kept;
    const known = this.#rendered?.get(name);
    if (known !== undefined) return known;
    const { above, facts, node, below } = this.#sources;
    const nearer = this.#variableIn(above, name);
    if (nearer !== undefined) return this.#render(name, nearer);
    const fact = facts.get(name);
    if (fact !== undefined) return fact;
    const variable = this.#variableIn(node, name) ?? this.#variableIn(below, name);
    return variable === undefined ? magic?.fallback(name) : this.#render(name, variable);
  }

  *names(): Iterable<string> {
    const { local, magic, magicNames, extra, dynamic, above, facts, node, below } = this.#sources;
    yield* local.keys();
    yield* magicNames;
    yield* extra.vars.keys();
    yield* dynamic.keys();
    yield* facts.keys();
    for (const layer of [...above, ...node, ...below]) yield* layer.vars.keys();
    if (magic !== undefined) yield* fallbackNames;
  }

  /** Of the last layer that has it. */
  #variableIn(layers: readonly CompiledLayer[], name: string): CompiledVariable | undefined {
    for (let i = layers.length - 1; i >= 0; i--) {
      const layer = layers[i];
      const vars = layer?.choice === undefined ? layer?.vars : this.#chosen(layer, layer.choice);
      const found = vars?.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #chosen(layer: CompiledLayer, choice: LayerChoice): CompiledLayer['vars'] | undefined {
    const chosen = (this.#picked ??= new Map<CompiledLayer, CompiledLayer | undefined>());
    if (!chosen.has(layer)) {
      // What the names depend on cannot come out of the file that they name.
      chosen.set(layer, undefined);
      chosen.set(layer, choice.pick(this));
    }
    return chosen.get(layer)?.vars;
  }

  #render(name: string, variable: CompiledVariable): Data {
    const rendered = (this.#rendered ??= new Map<string, Data>());
    const known = rendered.get(name);
    if (known !== undefined) return known;
    const value = variable.value.constant ? variable.value.render(this) : this.#work(name, variable);
    learnSecrets(name, value, this.#masker);
    rendered.set(name, value);
    return value;
  }

  #work(name: string, variable: CompiledVariable): Data {
    const rendering = (this.#rendering ??= new Set<string>());
    if (rendering.has(name)) {
      const path = [...rendering, name].join(' → ');
      throw new TemplateError(`variable refers to itself: ${path}`, variable.at);
    }
    rendering.add(name);
    try {
      return variable.value.render(this);
    } finally {
      rendering.delete(name);
    }
  }
}

/** A variable with a secret's name is masked from the moment that anything reads it, texts in a map of it too. */
export function learnSecrets(name: string, value: Data, masker: Masker): void {
  if ((typeof value === 'string' || typeof value === 'number') && isSecretName(name))
    masker.add(String(value));
  if (Array.isArray(value)) for (const item of value as readonly Data[]) learnSecrets(name, item, masker);
  else if (isDataMap(value)) for (const [key, item] of entries(value)) learnMember(name, key, item, masker);
}

/** `passwords: { root: … }`: there the names of the members say nothing. */
function learnMember(name: string, key: string, value: Data, masker: Masker): void {
  // A short one (`root`, `true`) is more likely none, and would be blotted out of everything.
  const hides =
    isSecretName(name) && (typeof value === 'string' ? value.length >= 6 : typeof value === 'object');
  learnSecrets(hides ? name : key, value, masker);
  if (hides) learnSecrets(key, value, masker);
}

function entries(map: DataMap): readonly [string, Data][] {
  return Object.entries(map);
}
