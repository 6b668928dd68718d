import { expect } from 'chai';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { Unknown } from '../../src/model/data.ts';
import { checkTopology, defaultRegion, isOmsInventory } from '../../src/oms/topology.ts';
import { HANGZHOU, HEILONGJIANG, lineOf, vary, view } from './views.ts';
import type { RegionSpec } from './views.ts';

function check(...specs: RegionSpec[]): Diagnostic[] {
  return checkTopology(specs.map(view));
}

/** The only diagnostic there is; fails with all of them otherwise. */
function only(found: readonly Diagnostic[]): Diagnostic {
  expect(
    found,
    found.map((one) => `${one.at?.line}: ${one.summary}: ${one.detail}`).join('\n'),
  ).to.have.lengthOf(1);
  return found[0] as Diagnostic;
}

describe('oms/topology', () => {
  it('finds nothing wrong with two proper regions', () => {
    expect(check(HANGZHOU, HEILONGJIANG)).to.deep.equal([]);
  });

  it('finds nothing wrong with one region of one node whose cm_url is the node itself', () => {
    const single = vary(HANGZHOU, { cm_url: 'http://10.0.1.11:8088' }, { nodes: [['hz-1', '10.0.1.11']] });
    expect(check(single)).to.deep.equal([]);
    expect(check(vary(single, { cm_is_default: undefined }))).to.deep.equal([]);
  });

  it('takes numbers and booleans written as text', () => {
    const text = { cm_location: '2', cm_is_default: 'FALSE', oms_meta_port: '2883' };
    expect(check(HANGZHOU, vary(HEILONGJIANG, text))).to.deep.equal([]);
  });

  it('leaves inventories alone that have nothing to do with OMS', () => {
    const other: RegionSpec = { name: 'web', line: 1, vars: { http_port: 80 }, nodes: [['a', 'localhost']] };
    expect(check(other)).to.deep.equal([]);
    expect(isOmsInventory([view(other)])).to.equal(false);
    expect(isOmsInventory([view(HANGZHOU)])).to.equal(true);
  });

  describe('the twelve wrong inventories', () => {
    it('two defaults', () => {
      const wrong = vary(HEILONGJIANG, { cm_is_default: true });
      const found = only(check(HANGZHOU, wrong));
      expect(found.code).to.equal('topology');
      expect(found.at?.line).to.equal(lineOf(wrong, 'cm_is_default'));
      expect(found.detail).to.contain('cn-heilongjiang and in cn-hangzhou (inventory.yml:13)');
    });

    it('same location', () => {
      const wrong = vary(HEILONGJIANG, { cm_location: '1' });
      const found = only(check(HANGZHOU, wrong));
      expect(found.at?.line).to.equal(lineOf(wrong, 'cm_location'));
      expect(found.detail).to.contain('cm_location is 1').and.to.contain('inventory.yml:12');
    });

    it('location 128', () => {
      const wrong = vary(HEILONGJIANG, { cm_location: 128 });
      const found = only(check(HANGZHOU, wrong));
      expect(found.at?.line).to.equal(lineOf(wrong, 'cm_location'));
      expect(found.detail).to.contain('from 0 to 127, not 128');
    });

    it('cm_url with port 8089', () => {
      const found = only(check(HANGZHOU, vary(HEILONGJIANG, { cm_url: 'http://10.0.2.100:8089' })));
      expect(found.at?.line).to.equal(lineOf(HEILONGJIANG, 'cm_url'));
      expect(found.detail).to.contain('8089').and.to.contain('8088');
    });

    for (const host of ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0']) {
      it(`cm_url on loopback ${host}`, () => {
        const found = only(check(HANGZHOU, vary(HEILONGJIANG, { cm_url: `http://${host}:8088` })));
        expect(found.at?.line).to.equal(lineOf(HEILONGJIANG, 'cm_url'));
        expect(found.detail).to.contain('VIP');
      });
    }

    it("cm_url with a node's own address", () => {
      const found = only(check(vary(HANGZHOU, { cm_url: '10.0.1.12:8088' }), HEILONGJIANG));
      expect(found.severity).to.equal('error');
      expect(found.at?.line).to.equal(lineOf(HANGZHOU, 'cm_url'));
      expect(found.detail).to.contain('hz-2 (inventory.yml:41)');
    });

    it('same heartbeat database', () => {
      const wrong = vary(HEILONGJIANG, { drc_cm_heartbeat_db: 'OMS_CM_heartbeat' });
      const found = only(check(HANGZHOU, wrong));
      expect(found.at?.line).to.equal(lineOf(wrong, 'drc_cm_heartbeat_db'));
      expect(found.detail).to.contain('cn-hangzhou (inventory.yml:14)');
    });

    it('rm = cm', () => {
      const shared = { drc_cm_db: 'oms_rm' };
      const lines = { drc_cm_db: 5 };
      const found = only(check(vary(HANGZHOU, shared, { lines }), vary(HEILONGJIANG, shared, { lines })));
      expect(found.at?.line).to.equal(5);
      expect(found.detail).to.contain('drc_cm_db and drc_rm_db are both "oms_rm"');
    });

    it('heartbeat = cm', () => {
      const found = only(check(HANGZHOU, vary(HEILONGJIANG, { drc_cm_heartbeat_db: 'oms_cm' })));
      expect(found.at?.line).to.equal(lineOf(HEILONGJIANG, 'drc_cm_heartbeat_db'));
    });

    it('node in two regions', () => {
      const nodes = [...HEILONGJIANG.nodes, ['hz-1', '10.0.1.11']] as const;
      const found = only(check(HANGZHOU, vary(HEILONGJIANG, {}, { nodes })));
      expect(found.at?.line).to.equal(82);
      expect(found.detail).to.contain('hz-1 is in region cn-heilongjiang and in cn-hangzhou');
    });

    for (const [character, name] of [
      [' ', 'a space'],
      ['\n', 'a newline'],
      ['/', 'the character /'],
      ['"', 'the character "'],
      ['{', 'the character {'],
    ] as const) {
      it(`bad password character: ${name}`, () => {
        const shared = { oms_meta_password: `Pa55${character}word` };
        const lines = { oms_meta_password: 4 };
        const found = only(check(vary(HANGZHOU, shared, { lines }), vary(HEILONGJIANG, shared, { lines })));
        expect(found.at?.line).to.equal(4);
        expect(found.detail).to.contain(name).and.not.to.contain('Pa55');
      });
    }

    it('missing key, told once at the region that lacks it first', () => {
      const found = only(check(HANGZHOU, vary(HEILONGJIANG, { cm_url: undefined })));
      expect(found.code).to.equal('missing-key');
      expect(found.at?.line).to.equal(50);
      expect(found.detail).to.contain('cn-heilongjiang').and.to.contain('cm_url');
      const both = { oms_meta_password: undefined };
      expect(only(check(vary(HANGZHOU, both), vary(HEILONGJIANG, both))).detail).to.contain(
        'Regions cn-hangzhou, cn-heilongjiang',
      );
    });

    it('unknown key', () => {
      const found = only(check(vary(HANGZHOU, { ssh_server_port: 2023 }), HEILONGJIANG));
      expect(found.code).to.equal('unknown-key');
      expect(found.at?.line).to.equal(lineOf(vary(HANGZHOU, { ssh_server_port: 1 }), 'ssh_server_port'));
      expect(found.detail).to.contain('Did you mean "sshd_server_port"?');
      expect(only(check(vary(HANGZHOU, { tsdb_enable: true }))).detail).to.contain('"tsdb_enabled"');
    });

    it('tells all mistakes at once, in the order of the file', () => {
      const found = check(
        vary(HANGZHOU, { cm_location: 200, cm_url: 'http://127.0.0.1:8088', drc_foo: 1 }),
        vary(HEILONGJIANG, { cm_is_default: true, oms_meta_user: undefined }),
      );
      expect(found.map((one) => one.at?.line)).to.deep.equal([11, 12, 21, 50, 53]);
    });
  });

  describe('one default region', () => {
    it('refuses none', () => {
      const found = only(check(vary(HANGZHOU, { cm_is_default: false }), HEILONGJIANG));
      expect(found.summary).to.equal('no default region');
      expect(found.at?.line).to.equal(13);
      expect(only(check(vary(HANGZHOU, { cm_is_default: false }))).summary).to.equal('no default region');
    });

    it('counts a missing value as true, as OMS does', () => {
      const found = only(check(HANGZHOU, vary(HEILONGJIANG, { cm_is_default: undefined })));
      expect(found.at?.line).to.equal(50);
      expect(found.detail).to.contain('not set in cn-heilongjiang');
    });

    it('says which line regions share, once', () => {
      const lines = { cm_is_default: 3 };
      const found = only(
        check(vary(HANGZHOU, {}, { lines }), vary(HEILONGJIANG, { cm_is_default: true }, { lines })),
      );
      expect(found.at?.line).to.equal(3);
      expect(found.detail).to.contain('cn-hangzhou, cn-heilongjiang, all from this line');
    });

    it('names it', () => {
      expect(defaultRegion([view(HANGZHOU), view(HEILONGJIANG)])).to.equal('cn-hangzhou');
      expect(
        defaultRegion([view(vary(HANGZHOU, { cm_is_default: undefined })), view(HEILONGJIANG)]),
      ).to.equal('cn-hangzhou');
      expect(defaultRegion([view(HANGZHOU), view(vary(HEILONGJIANG, { cm_is_default: true }))])).to.equal(
        undefined,
      );
      expect(defaultRegion([])).to.equal(undefined);
    });
  });

  describe('values of their own', () => {
    it('cm_region, with its default taken into account', () => {
      const found = only(check(HANGZHOU, vary(HEILONGJIANG, { cm_region: 'cn-hangzhou' })));
      expect(found.detail).to.contain('cm_region is cn-hangzhou');
      expect(check(HANGZHOU, vary(HEILONGJIANG, { cm_region: 'other' }))).to.deep.equal([]);
    });

    it('cm_url, in whichever spelling', () => {
      const found = only(check(HANGZHOU, vary(HEILONGJIANG, { cm_url: '10.0.1.100:8088' })));
      expect(found.at?.line).to.equal(lineOf(HEILONGJIANG, 'cm_url'));
    });

    it("cm_url may not be another region's node either", () => {
      expect(only(check(HANGZHOU, vary(HEILONGJIANG, { cm_url: '10.0.1.11:8088' }))).detail).to.contain(
        'hz-1',
      );
    });
  });

  describe('values that regions share', () => {
    for (const [key, other] of [
      ['drc_rm_db', 'other_rm'],
      ['drc_cm_db', 'other_cm'],
      ['oms_meta_host', '10.0.0.6'],
      ['oms_meta_port', 3306],
      ['oms_meta_user', 'root'],
    ] as const) {
      it(key, () => {
        const found = only(check(HANGZHOU, vary(HEILONGJIANG, { [key]: other })));
        expect(found.at?.line).to.equal(lineOf(HEILONGJIANG, key));
        expect(found.detail).to.contain(String(other)).and.to.contain('cn-hangzhou (inventory.yml:');
      });
    }

    it('oms_meta_password, without showing it', () => {
      const found = only(check(HANGZHOU, vary(HEILONGJIANG, { oms_meta_password: 'Geheim_1' })));
      expect(found.detail).not.to.contain('Geheim_1').and.not.to.contain('Meta_2026');
    });

    it('tsdb_url', () => {
      const tsdb = {
        tsdb_enabled: true,
        tsdb_username: 'u',
        tsdb_password: 'p_1',
        tsdb_url: '10.0.0.7:8086',
      };
      expect(check(vary(HANGZHOU, tsdb), vary(HEILONGJIANG, tsdb))).to.deep.equal([]);
      const other = { ...tsdb, tsdb_url: '10.0.0.8:8086' };
      expect(only(check(vary(HANGZHOU, tsdb), vary(HEILONGJIANG, other))).detail).to.contain('10.0.0.8:8086');
    });
  });

  describe('nodes', () => {
    const withNode = (name: string, address: string) =>
      check(HANGZHOU, vary(HEILONGJIANG, {}, { nodes: [...HEILONGJIANG.nodes, [name, address]] }));

    it('two nodes with one address', () => {
      const found = only(withNode('hlj-3', '10.0.1.12'));
      expect(found.detail).to.contain('hz-2 in cn-hangzhou (inventory.yml:41)');
    });

    it('loopback', () => {
      expect(only(withNode('hlj-3', '127.0.1.1')).severity).to.equal('error');
    });

    it('a host name is a warning, a broken address an error', () => {
      expect(only(withNode('hlj-3', 'node3.example.com')).severity).to.equal('warning');
      expect(only(withNode('hlj-3', '10.0.0.256')).severity).to.equal('error');
    });

    it('a region needs nodes', () => {
      expect(only(check(HANGZHOU, vary(HEILONGJIANG, {}, { nodes: [] }))).summary).to.equal(
        'region without nodes',
      );
    });

    it('cm_nodes may not contradict them', () => {
      expect(check(vary(HANGZHOU, { cm_nodes: ['10.0.1.12', '10.0.1.11'] }), HEILONGJIANG)).to.deep.equal([]);
      const found = only(check(vary(HANGZHOU, { cm_nodes: ['10.0.1.12'] }), HEILONGJIANG));
      expect(found.detail).to.contain('10.0.1.11, 10.0.1.12');
    });
  });

  describe('values that are not known yet', () => {
    it('are judged by no rule', () => {
      const later = new Unknown('made by an earlier task');
      const unknown = { cm_location: later, cm_is_default: later, cm_url: later, oms_meta_password: later };
      expect(check(HANGZHOU, vary(HEILONGJIANG, unknown))).to.deep.equal([]);
    });
  });
});
