import { expect } from 'chai';
import * as z from 'zod';
import { wordList } from '../../src/modules/aliases.ts';
import { defineModule } from '../../src/modules/define.ts';
import { describeModule, moduleJsonSchema } from '../../src/modules/documentation.ts';
import { builtinModules } from '../../src/modules/index.ts';

const sample = defineModule({
  name: 'sample',
  summary: 'Do a sample thing',
  args: z.strictObject({
    src: z.strictObject({ path: z.string(), text: z.string() }).describe('The template.'),
    that: z.array(z.unknown()).optional().describe('Conditions.'),
    password: z.string().optional().describe('A password.').meta({ secret: true }),
    state: z.enum(['on', 'off']).default('on').describe('The state.'),
    codes: z
      .union([z.int(), z.array(z.int())])
      .optional()
      .describe('Codes.'),
  }),
  returns: z.strictObject({ seen: z.boolean().describe('Whether it was seen.') }),
  inputs: { src: 'template', that: 'conditions' },
  freeForm: 'src',
  always: 'nobody knows what it does',
  waits: true,
  examples: '- sample: { src: a }\n',
  check: () => Promise.resolve({ changes: [], result: { seen: true } }),
  apply: () => Promise.resolve({ seen: true }),
});

describe('documentation of modules', () => {
  it('gives the schema of what the user writes, not of what the runner makes of it', () => {
    const schema = moduleJsonSchema(sample) as { properties: Record<string, unknown>; required: string[] };
    expect(schema).to.include({ type: 'object', title: 'sample', additionalProperties: false });
    expect(schema.required).to.deep.equal(['src']);
    expect(schema.properties['src']).to.deep.equal({ type: 'string', description: 'The template.' });
    expect(schema.properties['that']).to.have.property('anyOf').that.has.length(2);
    expect(schema.properties['password']).to.include({ type: 'string', secret: true });
  });

  it('describes arguments, result, notes and examples', () => {
    expect(describeModule(sample).split('\n')).to.include.members([
      'sample — Do a sample thing',
      'Plain text after the name of the module is its src.',
      '  src  (text, required)',
      '  that  (text or list of text or map)',
      '  password  (text, secret)',
      '  state  (on | off, default "on")',
      '  codes  (whole number or list of whole number)',
      '      The state.',
      '  seen  (boolean)',
      '  - sample: { src: a }',
    ]);
    expect(describeModule(sample)).to.match(/always counts as changed.*nobody knows what it does/);
  });

  it('a list that may be written as text says so', () => {
    const words = { ...sample, inputs: {}, args: z.strictObject({ names: wordList().describe('Names.') }) };
    expect(moduleJsonSchema(words).properties).to.deep.equal({
      names: { description: 'Names.', type: ['array', 'string'], items: { type: 'string', minLength: 1 } },
    });
    expect(describeModule(words)).to.contain('names  (list of text or text, required)');
  });

  it('can describe every module that comes with oms-play', () => {
    for (const module of builtinModules) {
      expect(describeModule(module)).to.include(module.summary).and.not.include('undefined');
      expect(() => JSON.stringify(moduleJsonSchema(module))).not.to.throw();
    }
  });
});
