import { expect } from 'chai';
import { oms, projectFolder } from './terminal.ts';

const SOUND = `vars:
  oms_meta_host: 10.0.0.5
  oms_meta_port: 2883
  oms_meta_user: meta
  oms_meta_password: Meta_2026
  drc_rm_db: oms_rm
  drc_cm_db: oms_cm
regions:
  one:
    vars:
      cm_url: http://10.0.1.100:8088
      cm_location: 1
      cm_is_default: true
      drc_cm_heartbeat_db: hb_1
    nodes:
      a-1: { address: 10.0.1.1 }
      a-2: { address: 10.0.1.2 }
  two:
    vars:
      cm_url: http://10.0.2.100:8088
      cm_location: 2
      cm_is_default: false
      drc_cm_heartbeat_db: hb_2
    nodes:
      b-1: { address: 10.0.2.1 }
      b-2: { address: 10.0.2.2 }
`;

interface Wrong {
  readonly what: string;
  /** Text of the sound inventory and what stands in its place. */
  readonly change: readonly [string, string];
  /** Line and column of the offence. */
  readonly place: string;
  readonly says: string;
}

const wrongs: readonly Wrong[] = [
  {
    what: 'two default regions',
    change: ['cm_is_default: false', 'cm_is_default: true'],
    place: '22:22',
    says: 'cm_is_default',
  },
  {
    what: 'the same location',
    change: ['cm_location: 2', 'cm_location: 1'],
    place: '21:20',
    says: 'cm_location',
  },
  { what: 'location 128', change: ['cm_location: 2', 'cm_location: 128'], place: '21:20', says: '127' },
  { what: 'cm_url with port 8089', change: ['2.100:8088', '2.100:8089'], place: '20:15', says: '8089' },
  {
    what: 'cm_url on loopback',
    change: ['10.0.2.100:8088', '127.0.0.1:8088'],
    place: '20:15',
    says: '127.0.0.1',
  },
  { what: "cm_url with a node's address", change: ['10.0.2.100', '10.0.2.2'], place: '20:15', says: 'b-2' },
  { what: 'the same heartbeat database', change: ['hb_2', 'hb_1'], place: '23:28', says: 'hb_1' },
  { what: 'rm = cm', change: ['drc_cm_db: oms_cm', 'drc_cm_db: oms_rm'], place: '7:14', says: 'drc_rm_db' },
  { what: 'a node in two regions', change: ['b-1:', 'a-1:'], place: '25:7', says: 'a-1' },
  {
    what: 'a bad password character',
    change: ['Meta_2026', 'Meta(2026'],
    place: '5:22',
    says: 'the character (',
  },
  { what: 'a missing key', change: ['      cm_location: 2\n', ''], place: '18:3', says: 'cm_location' },
  {
    what: 'an unknown key',
    change: ['cm_location: 2', 'cm_location: 2\n      cm_locaton: 3'],
    place: '22:7',
    says: 'cm_location',
  },
];

describe('cli: wrong inventories', () => {
  const playbook = '- hosts: all\n  tasks: [{ command: echo never }]\n';
  const run = (inventory: string) => {
    const cwd = projectFolder({ 'inventory/inventory.yml': inventory, 'p.yml': playbook });
    return oms(['p.yml'], { cwd });
  };

  for (const { what, change, place, says } of wrongs) {
    it(`${what}: says so with the place, before anything is connected`, async () => {
      expect(SOUND).to.include(change[0]);
      const ran = await run(SOUND.replace(...change));
      expect(ran.code).to.equal(1);
      expect(ran.stdout).to.equal('');
      expect(ran.stderr).to.include(`inventory/inventory.yml:${place}\n`).and.to.include(says);
      expect(ran.stderr).to.include('1 problem in 1 file');
    });
  }

  it('all mistakes of a file are told at once', async () => {
    const all = [
      'hb_2>hb_1',
      'oms_cm>oms_rm',
      'Meta_2026>Meta(2026',
      'cm_location: 2>cm_location: 128',
      'b-2:>a-1:',
    ];
    const broken = all.reduce(
      (text, change) => text.replace(...(change.split('>') as [string, string])),
      SOUND,
    );
    const { stderr } = await run(broken);
    for (const place of ['5:22', '7:14', '21:20', '23:28', '26:7'])
      expect(stderr).to.include(`.yml:${place}\n`);
    expect(stderr).to.include('5 problems in 1 file');
    expect(stderr).not.to.include('Meta(2026');
  });
});
