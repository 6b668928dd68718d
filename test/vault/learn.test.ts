import { expect } from 'chai';
import { parseYaml } from '../../src/load/yaml.ts';
import { Masker } from '../../src/model/masker.ts';
import { learnFile, learnLines, learnValue } from '../../src/vault/learn.ts';

/** What a masker that has read a decrypted file makes of a text. */
function masked(file: string, text: string): string {
  const masker = new Masker();
  const { value } = parseYaml(file, 'f');
  if (value !== undefined) learnFile(value, masker);
  return masker.mask(text);
}

describe('vault: what of decrypted texts is masked', () => {
  it('every scalar, at any depth, whatever its key is called', () => {
    const file =
      'a: Ab3x\nlist: [one-two, { deep: "three four" }]\nn: 123456\nf: 3.14159\nblock: |\n  long line one\n  y\n';
    const text = 'Ab3x one-two three four 123456 3.14159 long line one';
    expect(masked(file, text)).to.equal('*** *** *** *** *** ***');
  });

  it('not what stands in every output: short numbers, booleans, common words, two or three letters', () => {
    const file = 'port: 3306\nuser: root\non: true\nhost: localhost\nabc: xyz\nq: "8088"\n';
    const text = 'port 3306 user root true localhost xyz 8088';
    expect(masked(file, text)).to.equal(text);
  });

  it('all of it where the key says that it is a secret', () => {
    expect(masked('password: root\ndb_password: 1234\n', 'root 1234')).to.equal('*** ***');
  });

  it('what stands around a template', () => {
    expect(masked('url: "mysql://me:Pa55@{{ host }}/oms_db"\n', 'mysql://me:Pa55@db1/oms_db')).to.equal(
      '***db1***',
    );
  });

  it('of a single value everything but common words', () => {
    const masker = new Masker();
    for (const value of ['x1', '4711', 'root', 'true', 'two words']) learnValue(value, masker);
    expect(masker.mask('x1 4711 root true two words')).to.equal('*** *** root true ***');
  });

  it('every line of a text that is no YAML', () => {
    const masker = new Masker();
    learnLines('key: "Sec:ret: x\n- other: [un closed\nplain text\n', masker);
    expect(masker.mask('found "Sec:ret: x or [un closed or plain text')).to.equal('found *** or *** or ***');
  });
});
