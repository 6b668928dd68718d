// Every mistake is told with its place and how to mend it, and nothing is connected to.
import { readdirSync, readFileSync, writeFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { oms } from '../cli/terminal.ts';

/** `▸` in its files stands before what is wrong; it is taken out before they are used. */
interface Mistake {
  readonly mistake: string;
  /** What the message says, of the offence or of how to mend it. */
  readonly says: string;
  /** Problems that follow from it. */
  readonly also?: number;
}

const MARK = '▸';
const SOUND: Readonly<Record<string, string>> = {
  'site.yml': '- hosts: all\n  tasks: [{ ping: {} }]\n',
  'inventory.yml':
    'vars: { ansible_connection: ssh }\nregions: { north: { vars: { zone: 1 }, nodes: { n-1: { address: 192.0.2.1 } } } }\n',
};

/** Files by name, with the place of the mark. */
function filesOf(mistake: Mistake): {
  readonly files: Readonly<Record<string, string>>;
  readonly place: string;
} {
  const files: Record<string, string> = {};
  let place = '';
  for (const [name, text] of Object.entries(mistake)) {
    if (!/[./]/.test(name) || typeof text !== 'string') continue;
    const at = text.indexOf(MARK);
    if (at >= 0) {
      const before = text.slice(0, at).split('\n');
      place = `${name}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
    }
    files[name] = text.replace(MARK, '');
  }
  return { files, place };
}

async function told(mistake: Mistake): Promise<void> {
  const { files, place } = filesOf(mistake);
  const cwd = mkdtempSync(join(tmpdir(), 'oms-play-mistake-'));
  try {
    const inventory = 'inventory/inventory.yml' in files ? 'inventory' : 'inventory.yml';
    for (const [name, text] of Object.entries({ ...SOUND, ...files })) {
      if (inventory === 'inventory' && name === 'inventory.yml') continue;
      mkdirSync(dirname(join(cwd, name)), { recursive: true });
      writeFileSync(join(cwd, name), text);
    }
    const { code, stdout, stderr } = await oms(['site.yml', '-i', inventory], { cwd });
    expect(stderr).to.include(`  ${place}\n`);
    expect(stderr.toLowerCase()).to.include(mistake.says.toLowerCase());
    expect(stderr).to.match(new RegExp(`^${1 + (mistake.also ?? 0)} problems? in `, 'm'));
    expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

describe('mistakes', function () {
  // The first one loads the program.
  this.timeout(30_000);
  let count = 0;
  for (const name of readdirSync(import.meta.dirname).filter((each) => each.endsWith('.yml'))) {
    describe(name.replace('.yml', ''), () => {
      const mistakes = parse(readFileSync(join(import.meta.dirname, name), 'utf8')) as readonly Mistake[];
      count += mistakes.length;
      for (const mistake of mistakes) it(mistake.mistake, () => told(mistake));
    });
  }

  it('are a hundred at least', () => expect(count).to.be.at.least(100));
});
