import { expect } from 'chai';
import fc from 'fast-check';
import { parse as parseYaml } from 'yaml';
import { compareConfig, parseConfig, renderConfig } from '../../src/oms/config.ts';
import type { Data, DataMap } from '../../src/model/data.ts';
import { anyCharacters } from '../any-text.ts';
import { runs } from '../properties/runs.ts';

/** The vendor's own example files, their blanked values filled in. */
const HANGZHOU = `
oms_meta_host: 10.0.0.5
oms_meta_port: 2883
oms_meta_user: oms_meta_user
oms_meta_password: Meta_2026
drc_rm_db: oms_rm
drc_cm_db: oms_cm
drc_cm_heartbeat_db: oms_cm_heartbeat
cm_url: http://VIP:8088
cm_location: 1
cm_region: cn-hangzhou
cm_region_cn: cn-hangzhou
cm_is_default: true
cm_nodes:
 - 10.0.1.11
 - 10.0.1.12
tsdb_service: 'INFLUXDB'
tsdb_enabled: true
tsdb_url: '10.0.0.7:8086'
tsdb_username: username
tsdb_password: Tsdb_2026
`;
const HEILONGJIANG = HANGZHOU.replace('oms_cm_heartbeat', 'oms_cm_heartbeat_1')
  .replace('cm_location: 1', 'cm_location: 2')
  .replaceAll('cn-hangzhou', 'cn-heilongjiang')
  .replace('cm_is_default: true', 'cm_is_default: false')
  .replaceAll('10.0.1.1', '10.0.2.1');

describe('oms/config', () => {
  describe('parseConfig', () => {
    it('reads the vendor’s samples as data', () => {
      for (const text of [HANGZHOU, HEILONGJIANG]) {
        const { values, problems } = parseConfig(text);
        expect(problems).to.deep.equal([]);
        expect(values).to.deep.equal(parseYaml(text));
      }
    });

    it("reads what the vendor's tool writes: quoted keys, tags, everything as text", () => {
      const { values } = parseConfig(
        '"tsdb_enabled": !!bool "true"\n"cm_location": "2"\n"cm_is_default": "FALSE"\n' +
          '"oms_meta_port": "2883"\n"cm_nodes": ["10.0.0.1"]\n"init_db": "true"\n',
      );
      expect(values).to.deep.equal({
        tsdb_enabled: true,
        cm_location: 2,
        cm_is_default: false,
        oms_meta_port: 2883,
        cm_nodes: ['10.0.0.1'],
        init_db: 'true',
      });
    });

    it('takes texts that look like numbers as the texts they are', () => {
      const { values } = parseConfig('oms_meta_password: 0123\ntsdb_password: 1e5\ndrc_rm_db: true\n');
      expect(values).to.deep.equal({ oms_meta_password: '0123', tsdb_password: '1e5', drc_rm_db: 'true' });
    });

    it('reads an empty file, and keys without a value, as nothing', () => {
      expect(parseConfig('')).to.deep.equal({ values: {}, problems: [] });
      expect(parseConfig('# nothing\n').values).to.deep.equal({});
      expect(parseConfig('tsdb_url:\n').values).to.deep.equal({ tsdb_url: null });
    });

    it('says the line of what is no YAML, never its words', () => {
      const { problems } = parseConfig('oms_meta_host: 10.0.0.5\noms_meta_password: *Geheim_1\n');
      expect(problems.map((one) => one.detail).join()).to.match(/^Line 2: .* must be quoted/);
      const open = parseConfig('oms_meta_password: "Geheim_1\n');
      expect(JSON.stringify(open.problems)).to.contain('not valid YAML').and.not.to.contain('Geheim');
    });

    it('refuses a key given twice, and text that is no map', () => {
      expect(parseConfig('cm_location: 1\ncm_location: 2\n').problems[0]?.detail).to.contain('Line 2');
      expect(parseConfig('cm_location:1\n').problems[0]?.detail).to.contain('a space after the colon');
      expect(parseConfig('- a\n').problems).to.have.lengthOf(1);
    });
  });

  describe('renderConfig', () => {
    it('round-trips the samples as data, key by key', () => {
      for (const text of [HANGZHOU, HEILONGJIANG]) {
        const { values } = parseConfig(text);
        const rendered = renderConfig(values);
        expect(parseYaml(rendered)).to.deep.equal(parseYaml(text));
        expect(compareConfig(values, parseConfig(rendered).values)).to.deep.equal([]);
      }
    });

    it("writes the vendor's order, natural numbers and booleans, and leaves out null", () => {
      const text = renderConfig({
        extra: 'x',
        cm_is_default: 'true',
        tsdb_url: null,
        cm_location: '2',
        oms_meta_host: '10.0.0.5',
        cm_nodes: ['10.0.0.1', 'yes'],
      });
      const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      expect(lines).to.deep.equal([
        'oms_meta_host: 10.0.0.5',
        'cm_location: 2',
        'cm_is_default: true',
        'cm_nodes:',
        ' - 10.0.0.1',
        " - 'yes'",
        'extra: x',
      ]);
    });

    it('does not depend on the order of the values given', () => {
      const { values } = parseConfig(HANGZHOU);
      expect(renderConfig(Object.fromEntries(Object.entries(values).reverse()))).to.equal(
        renderConfig(values),
      );
    });

    it('quotes what YAML 1.1 or 1.2 would read as something else', () => {
      for (const text of [
        'yes',
        'e1',
        'NO',
        'on',
        'null',
        '~',
        '1:20',
        '0x1F',
        '1_000',
        '',
        ' a',
        'a ',
        'a: b',
        'a #b',
        '*x',
        "it's",
        '-',
        '|',
      ]) {
        const rendered = renderConfig({ oms_meta_password: text });
        expect(parseYaml(rendered), text).to.deep.equal({ oms_meta_password: text });
        expect(parseYaml(rendered, { version: '1.1' }), text).to.deep.equal({ oms_meta_password: text });
      }
    });

    it('gives back any text in any place', () => {
      const text = fc.oneof(anyCharacters, fc.string({ unit: 'grapheme' }), fc.string());
      fc.assert(
        fc.property(text, fc.array(text), fc.dictionary(text, fc.jsonValue()), (secret, nodes, others) => {
          const known = { oms_meta_password: secret, cm_url: secret, cm_nodes: nodes };
          const values = { ...noNegativeZero(others), ...known } as DataMap;
          const back = parseConfig(renderConfig(values));
          expect(back.problems).to.deep.equal([]);
          expect(compareConfig(values, back.values)).to.deep.equal([]);
          expect(back.values).to.include(known.oms_meta_password === '' ? {} : { oms_meta_password: secret });
          expect(back.values.cm_nodes).to.deep.equal(nodes);
        }),
        runs(50),
      );
    });
  });

  describe('compareConfig', () => {
    const compare = (before: Record<string, Data>, after: Record<string, Data>) =>
      compareConfig(before, after);

    it('is blind to spelling', () => {
      expect(
        compare(
          { cm_location: '2', cm_is_default: 'true', tsdb_url: null, other: 2, cm_nodes: ['10.0.0.1'] },
          { cm_nodes: ['10.0.0.1'], cm_location: 2, cm_is_default: true, other: '2' },
        ),
      ).to.deep.equal([]);
    });

    it('names each key that differs, in the vendor’s order', () => {
      expect(
        compare(
          { tsdb_enabled: false, cm_url: 'a', drc_old: 1 },
          { cm_url: 'b', tsdb_enabled: true, cm_nodes: ['x'] },
        ),
      ).to.deep.equal([
        { name: 'cm_url', before: 'a', after: 'b' },
        { name: 'cm_nodes', before: null, after: ['x'] },
        { name: 'tsdb_enabled', before: false, after: true },
        { name: 'drc_old', before: 1, after: null },
      ]);
    });

    it('shows that a secret changed, never what it was or is', () => {
      expect(
        compare({ oms_meta_password: 'a1' }, { oms_meta_password: 'b2', tsdb_password: 'c3' }),
      ).to.deep.equal([
        { name: 'oms_meta_password', before: '***', after: '*** (changed)' },
        { name: 'tsdb_password', before: null, after: '***' },
      ]);
      expect(compare({ new_secret: 'x' }, {})).to.deep.equal([
        { name: 'new_secret', before: '***', after: null },
      ]);
    });
  });
});

/** JSON has no -0. */
function noNegativeZero(value: unknown): object {
  return JSON.parse(JSON.stringify(value)) as object;
}
