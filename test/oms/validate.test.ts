import { expect } from 'chai';
import type { Data, DataMap } from '../../src/model/data.ts';
import { validateConfig } from '../../src/oms/validate.ts';

const GOOD: DataMap = {
  oms_meta_host: '10.0.0.5',
  oms_meta_port: 2883,
  oms_meta_user: 'oms_meta_user',
  oms_meta_password: 'Meta_2026',
  drc_rm_db: 'oms_rm',
  drc_cm_db: 'oms_cm',
  drc_cm_heartbeat_db: 'oms_cm_heartbeat',
  cm_url: 'http://VIP:8088',
  cm_location: 1,
  cm_nodes: ['10.0.1.11', '10.0.1.12'],
};

/** The messages for GOOD with some values changed, as "key: detail". */
function messages(changes: Record<string, Data>): string[] {
  return validateConfig({ ...GOOD, ...changes }).map((one) => `${one.severity} ${one.key}: ${one.detail}`);
}

describe('oms/validate', () => {
  it('finds nothing wrong with a good one, numbers as text included', () => {
    expect(messages({})).to.deep.equal([]);
    expect(messages({ cm_location: '0', oms_meta_port: '3306', cm_is_default: 'true' })).to.deep.equal([]);
    expect(messages({ cm_url: 'vip.example.com:8088', cm_location: 127 })).to.deep.equal([]);
  });

  it('tells every missing key at once', () => {
    expect(validateConfig({}).map((one) => one.key)).to.deep.equal(Object.keys(GOOD));
    expect(messages({ oms_meta_user: '', cm_url: null })).to.have.lengthOf(2);
  });

  const wrong: readonly (readonly [what: string, changes: Record<string, Data>, words: string])[] = [
    ['a location that is no number', { cm_location: 'one' }, 'whole number from 0 to 127'],
    ['a location beyond 127', { cm_location: '128' }, 'from 0 to 127'],
    ['a location below 0', { cm_location: -1 }, 'from 0 to 127'],
    ['a broken location', { cm_location: 1.5 }, 'whole number'],
    ['a boolean that is none', { cm_is_default: 'yes' }, 'true or false, not "yes"'],
    ['a number for a list', { cm_nodes: '10.0.0.1,10.0.0.2' }, 'a list'],
    ['an empty list of nodes', { cm_nodes: [] }, 'at least one address'],
    ['a loopback node', { cm_nodes: ['127.0.0.1'] }, 'each node itself'],
    ['a node by name', { cm_nodes: ['hz-1'] }, 'not an IP address'],
    ['a node twice', { cm_nodes: ['10.0.0.1', '10.0.0.1'] }, 'twice'],
    ['a cm_url without port', { cm_url: 'http://10.0.0.9' }, 'port is missing'],
    ["a cm_url with the page's port", { cm_url: 'http://10.0.0.9:8089' }, "the web page's"],
    [
      "a cm_url with the page's moved port",
      { cm_url: 'http://10.0.0.9:1189', nginx_server_port: 1189 },
      'web page',
    ],
    ['a cm_url on loopback', { cm_url: '127.0.0.1:8088' }, 'VIP'],
    ['a cm_url with https', { cm_url: 'https://10.0.0.9:8088' }, 'speaks http'],
    ['a cm_url with a path', { cm_url: 'http://10.0.0.9:8088/cm' }, 'no address of the form'],
    ['an impossible address', { cm_url: 'http://10.0.0.256:8088' }, 'no address of the form'],
    ['a bad database name', { drc_rm_db: 'oms`rm' }, 'no name of a database'],
    ['one database for two', { drc_cm_db: 'OMS_RM' }, 'three different databases'],
    ['a MetaDB with port', { oms_meta_host: '10.0.0.5:2883' }, 'the port is oms_meta_port'],
    ['a port too low', { oms_meta_port: 80 }, 'from 1025 to 65535'],
    ['a port twice', { ghana_server_port: 8088 }, 'cm_server_port'],
    ["a port of the components'", { ghana_server_port: 7100 }, '7100 to 7499'],
    ['a port of supervisorctl', { sshd_server_port: 8084 }, 'supervisorctl'],
    ['an unknown service', { tsdb_service: 'PROMETHEUS' }, 'INFLUXDB or CERESDB'],
    ['a tsdb_url with scheme', { tsdb_url: 'http://10.0.0.7:8086' }, 'without a scheme'],
    ['a tsdb_url without port', { tsdb_url: '10.0.0.7' }, 'host:port'],
    ['an unknown key', { ssh_server_port: 2023 }, 'Did you mean "sshd_server_port"?'],
    ['a space in the password', { oms_meta_password: 'Me ta_1' }, 'a space'],
    ['a bracket in the password', { tsdb_password: 'Me[ta_1' }, 'the character ['],
  ];
  for (const [what, changes, words] of wrong) {
    it(`refuses ${what}`, () => {
      const found = messages(changes);
      expect(found, found.join('\n')).to.have.lengthOf(1);
      expect(found[0])
        .to.match(/^error /)
        .and.to.contain(words);
    });
  }

  it('warns of a port of cm_url that only a VIP can make right', () => {
    expect(messages({ cm_url: 'http://10.0.0.9:1188' })[0]).to.match(/^warning cm_url: .*1188/);
    expect(messages({ cm_url: 'http://10.0.0.9:1188', cm_server_port: 1188 })).to.deep.equal([]);
  });

  it('wants all of the time-series database when it is enabled, nothing otherwise', () => {
    expect(messages({ tsdb_enabled: 'true' }).map((line) => line.split(':')[0])).to.deep.equal([
      'error tsdb_url',
      'error tsdb_username',
      'error tsdb_password',
    ]);
    expect(messages({ tsdb_enabled: false })).to.deep.equal([]);
  });

  it('never says a password', () => {
    const all = messages({
      oms_meta_password: 'Geheim=1',
      tsdb_password: 'Andere 2',
      drc_password: ['Dritte'],
    });
    expect(all).to.have.lengthOf(3);
    expect(all.join()).not.to.match(/Geheim|Andere|Dritte/);
  });
});
