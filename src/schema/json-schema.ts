/** JSON Schema (draft-07, which every editor understands), as far as it is used here. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly not?: JsonSchema;
  readonly if?: JsonSchema;
  readonly then?: JsonSchema;
  readonly else?: JsonSchema;
  readonly default?: unknown;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minItems?: number;
  readonly minProperties?: number;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
}

export const DRAFT = 'http://json-schema.org/draft-07/schema#';

export const anyValue: JsonSchema = {};
export const text: JsonSchema = { type: ['string', 'integer'] };
export const flag: JsonSchema = { type: 'boolean' };
export const nothing: JsonSchema = { type: 'null' };
export const template: JsonSchema = { type: 'string', pattern: '\\{\\{' };

/** A whole number of at least `minimum`. */
export function whole(minimum: number): JsonSchema {
  return { type: 'integer', minimum };
}

/** A number of at least 0. */
export const seconds: JsonSchema = { type: 'number', minimum: 0 };

/** One of these. */
export function either(...anyOf: readonly JsonSchema[]): JsonSchema {
  return { anyOf };
}

/** One of these words. */
export function words(...values: readonly (string | boolean)[]): JsonSchema {
  return { enum: values };
}

export function listOf(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

/** One, or a list of them. */
export function oneOrMore(schema: JsonSchema): JsonSchema {
  return either(schema, listOf(schema));
}

/** A map with these keys and no others. */
export function record(
  properties: Readonly<Record<string, JsonSchema>>,
  ...required: readonly string[]
): JsonSchema {
  return {
    type: 'object',
    properties,
    additionalProperties: false,
    ...(required.length === 0 ? {} : { required }),
  };
}

/** A map from names to this. */
export function mapOf(additionalProperties: JsonSchema): JsonSchema {
  return { type: 'object', additionalProperties };
}

export function ref(name: string): JsonSchema {
  return { $ref: `#/definitions/${name}` };
}
