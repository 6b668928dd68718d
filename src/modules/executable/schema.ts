import * as z from 'zod';
import type { ArgumentSpec } from '../../model/argument-spec.ts';
import type { Data } from '../../model/data.ts';
import { anyData } from '../data.ts';

type Options = ReadonlyMap<string, ArgumentSpec>;

/** Schema of the arguments that a description lists. */
export function argumentSchema(options: Options): z.ZodObject {
  return z.strictObject(Object.fromEntries([...options].map(([name, spec]) => [name, argument(spec)])));
}

/** Schema of a result: what the description lists may be missing, and more may be there. */
export function resultSchema(options: Options | undefined): z.ZodType<Record<string, unknown>> {
  const fields = [...(options ?? [])].map(([name, spec]) => {
    const type = described(typeOf(spec).optional(), spec);
    return [name, type] as const;
  });
  return z.looseObject(Object.fromEntries(fields));
}

function argument(spec: ArgumentSpec): z.ZodType {
  const type = chosen(spec);
  const whole =
    spec.default !== undefined ? type.default(spec.default) : spec.required ? type : type.optional();
  const told = described(whole, spec);
  return spec.noLog === true ? told.meta({ ...told.meta(), secret: true }) : told;
}

function described(type: z.ZodType, { description }: ArgumentSpec): z.ZodType {
  return description === '' ? type : type.describe(description);
}

function chosen(spec: ArgumentSpec): z.ZodType<Data | undefined> {
  const { choices, type } = spec;
  if (choices === undefined || choices.length === 0 || type === 'list') return typeOf(spec);
  return z.literal([...choices], { error: `one of ${choices.join(', ')}` });
}

function typeOf({ type, elements, options, choices }: ArgumentSpec): z.ZodType<Data | undefined> {
  switch (type) {
    case 'int':
      return z.int();
    case 'float':
      return z.number();
    case 'bool':
      return z.boolean();
    case 'list':
      return z.array(
        elements === undefined ? anyData : itemOf({ elements, options, choices }),
      ) as z.ZodType<Data>;
    case 'dict':
      return (
        options === undefined ? z.record(z.string(), anyData) : argumentSchema(options)
      ) as z.ZodType<Data>;
    case 'raw':
      return anyData;
    case 'str':
    case 'path':
    case 'json':
    case 'jsonarg':
    case 'bytes':
    case 'bits':
      return z.preprocess((value) => (typeof value === 'number' ? String(value) : value), z.string());
  }
}

function itemOf(
  list: Pick<ArgumentSpec, 'options' | 'choices'> & { readonly elements: ArgumentSpec['type'] },
): z.ZodType {
  const { elements, options, choices } = list;
  const rest = { required: true, description: '', default: undefined, at: NOWHERE };
  return chosen({ ...rest, type: elements, elements: undefined, options, choices });
}

const NOWHERE = { file: '', line: 1, column: 1, length: 1 };
