import type { AnyModule } from '../modules/define.ts';
import { moduleJsonSchema } from '../modules/documentation.ts';
import { argumentsOf, type ArgumentInfo } from '../modules/schema.ts';
import { either, nothing, template, type JsonSchema } from './json-schema.ts';

/** What may stand behind the name of a module: every value may be a template, and `args` may give what is missing. */
export function moduleUse(module: AnyModule): JsonSchema {
  const { properties = {} } = moduleJsonSchema(module) as JsonSchema;
  const infos = argumentsOf(module);
  const map: JsonSchema = {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, schema]) => [
        name,
        argument(
          schema,
          infos?.find((info) => info.name === name),
        ),
      ]),
    ),
    additionalProperties: infos === undefined,
  };
  const freeForm: readonly JsonSchema[] = module.freeForm === undefined ? [template] : [{ type: 'string' }];
  return { description: `${module.summary}.`, anyOf: [map, ...freeForm, nothing] };
}

function argument(schema: JsonSchema, info: ArgumentInfo | undefined): JsonSchema {
  const { description, ...rest } = schema;
  const words = [description, info?.required === true ? 'Required.' : undefined];
  const made = withTemplates(rest);
  const also = info === undefined ? [] : takenToo(info, made);
  return {
    ...(also.length === 0 ? made : { anyOf: [...(made.anyOf ?? [made]), ...also] }),
    ...(words.some((part) => part !== undefined)
      ? { description: words.filter((part) => part !== undefined).join(' ') }
      : {}),
  };
}

/** Plain values that the module takes and its JSON Schema does not say: "a,b" for a list, a whole number for text. */
function takenToo(info: ArgumentInfo, schema: JsonSchema): readonly JsonSchema[] {
  const branches = schema.anyOf ?? [schema];
  const isSaid = (type: string): boolean =>
    branches.some((one) => one.type === undefined || (one.type === type && one.pattern === undefined));
  const samples: readonly (readonly [type: string, value: unknown])[] = [
    ['string', 'some text'],
    ['string', '/some/path'],
    ['string', 'word'],
    ['number', 1],
    ['boolean', true],
  ];
  const types = samples
    .filter(([type, value]) => !isSaid(type) && info.check(value).length === 0)
    .map(([type]) => type);
  return [...new Set(types)].map((type) => ({ type }));
}

/** What is taken over of a schema; what modules note beside it (secret …) is not for editors. */
const KEPT = ['description', 'default', 'type', 'enum', 'const', 'pattern', 'minLength', 'maxLength'];
const NUMBERS = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
];

/** The same schema where any value may be a template too. */
function withTemplates(schema: JsonSchema): JsonSchema {
  const inner = insides(schema);
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) return { ...inner, anyOf: [...branches.map(withTemplates), template] };
  const isOpen = Object.keys(inner).every((key) => ['description', 'default'].includes(key));
  const isText = inner.type === 'string' && inner.enum === undefined && inner.pattern === undefined;
  if (isOpen || isText) return inner;
  const { description, default: fallback, ...strict } = inner;
  return {
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
    ...either(...typed(strict), template),
  };
}

/** The schema without its branches, templates allowed in all it holds. */
function insides(schema: JsonSchema): JsonSchema {
  const { items, properties, additionalProperties: further } = schema;
  const kept = Object.entries(schema).filter(([key]) => [...KEPT, ...NUMBERS].includes(key));
  const inner = Object.entries(properties ?? {}).map(([name, one]) => [name, withTemplates(one)] as const);
  return {
    ...(Object.fromEntries(kept) as JsonSchema),
    ...(items === undefined ? {} : { items: withTemplates(items) }),
    ...(properties === undefined ? {} : { properties: Object.fromEntries(inner) }),
    ...(further === undefined
      ? {}
      : { additionalProperties: typeof further === 'boolean' ? further : withTemplates(further) }),
  };
}

/** A text of digits counts as a number where a number is needed. */
function typed(schema: JsonSchema): readonly JsonSchema[] {
  const isNumber = schema.type === 'number' || schema.type === 'integer';
  return isNumber ? [schema, { type: 'string', pattern: '^-?\\d+(\\.\\d+)?$' }] : [schema];
}
