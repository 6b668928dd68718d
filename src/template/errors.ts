import type { SourceRange } from '../model/source.ts';

/** A template or condition that cannot be worked out with the values it met; `at` is the user's own place. */
export class TemplateError extends Error {
  readonly at: SourceRange;

  constructor(message: string, at: SourceRange, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TemplateError';
    this.at = at;
  }
}

/** What a helper or function finds wrong with its arguments; the caller adds its name and the place. */
export class ArgumentError extends Error {}
