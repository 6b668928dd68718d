import { expect } from 'chai';
import * as z from 'zod';
import { defineModule } from '../../src/modules/define.ts';
import { argumentsOf, parseArguments } from '../../src/modules/schema.ts';

const never = () => Promise.reject(new Error('not called'));
const module = defineModule({
  name: 'm',
  summary: 's',
  args: z.strictObject({
    port: z.number().int().min(1).max(65535).optional().describe('The port.'),
    on: z.boolean().optional(),
    text: z.string().optional(),
    codes: z.union([z.number(), z.array(z.number())]).optional(),
    either: z.union([z.string(), z.number()]).optional(),
    inner: z.strictObject({ size: z.int() }).optional(),
    names: z.record(z.string(), z.string()).optional(),
    way: z.enum(['up', 'down']).optional(),
  }),
  returns: z.object({}),
  check: never,
  apply: never,
});
const parse = (values: Record<string, unknown>) => parseArguments(module, values);

describe('modules: arguments', () => {
  it('takes a number or boolean that came as text, as -e gives it', () => {
    const typed = { port: 8088, on: true, codes: [200, 3], inner: { size: -4 } };
    const { args, wrong } = parse({ port: '8088', on: 'true', codes: ['200', 3], inner: { size: '-4' } });
    expect(wrong).to.deep.equal([]);
    expect(args).to.deep.equal(typed);
    expect(parse({ codes: '200', on: 'false' }).args).to.deep.equal({ codes: 200, on: false });
  });

  it('leaves text that is wanted as text alone', () => {
    expect(parse({ text: '12', either: '12' }).args).to.deep.equal({ text: '12', either: '12' });
  });

  it('does not guess', () => {
    for (const port of ['0755', '1e3', ' 80', '80 ', '', '0x10', '1_000', '+5', '12345678901234567890']) {
      expect(parse({ port }).wrong, port).to.deep.equal(['port: must be a number, not text']);
    }
    for (const on of ['yes', 'True', '1', '']) {
      expect(parse({ on }).wrong, on).to.deep.equal(['on: must be true or false, not text']);
    }
  });

  it('still holds what came as text to the limits', () => {
    expect(parse({ port: '70000' }).wrong[0]).to.match(/^port: Too big/);
    expect(parse({ port: '1.5' }).wrong).to.deep.equal(['port: must be a whole number, not a number']);
  });

  it('says what a value must be in plain words', () => {
    const wrong = (values: Record<string, unknown>) => parse(values).wrong.join('; ');
    expect(wrong({ text: 3 })).to.equal('text: must be text, not a number');
    expect(wrong({ on: [] })).to.equal('on: must be true or false, not a list');
    expect(wrong({ codes: true })).to.equal('codes: must be a number or a list');
    expect(wrong({ codes: [1, 'x'] })).to.equal('codes.1: must be a number, not text');
    expect(wrong({ inner: {} })).to.equal('inner.size: is missing; it must be a number');
    expect(wrong({ names: { a: 1 } })).to.equal('names.a: must be text, not a number');
    expect(wrong({ way: 'left' })).to.equal('way: expected one of "up"|"down"');
    expect(wrong({ text: true })).to.equal('text: must be text, not a boolean');
  });

  it('checks a single argument by the same rules', () => {
    const port = argumentsOf(module)?.find(({ name }) => name === 'port');
    expect(port?.check('80')).to.deep.equal([]);
    expect(port?.check('many')).to.deep.equal(['port: must be a number, not text']);
  });
});
