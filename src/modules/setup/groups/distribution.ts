import type { Answer } from '../answer.ts';
import type { FactGroup } from '../group.ts';

const OS_RELEASE = '/etc/os-release';
const RED_HAT_RELEASE = '/etc/redhat-release';
const DEBIAN_VERSION = '/etc/debian_version';
const LSB_RELEASE = '/etc/lsb-release';

/** The files that say which distribution it is. */
export const distributionFiles: readonly string[] = [
  OS_RELEASE,
  RED_HAT_RELEASE,
  DEBIAN_VERSION,
  LSB_RELEASE,
];

/** Which distribution it is, and of which family. */
export const distribution: FactGroup = {
  name: 'distribution',
  facts: [
    ...['distribution', 'distribution_version', 'distribution_major_version', 'distribution_minor_version'],
    ...['distribution_release', 'os_family', 'lsb'],
  ],
  files: distributionFiles,
  read: (answer) => {
    const found = distributionOf(answer);
    if (found === undefined) return { facts: {} };
    const { name, family, version, release } = found;
    const [major = version, minor] = version.split('.');
    return {
      facts: {
        distribution: name,
        distribution_version: version,
        distribution_major_version: major,
        ...(minor === undefined ? {} : { distribution_minor_version: minor }),
        distribution_release: release,
        os_family: family,
        lsb: lsbOf(answer, found),
      },
    };
  },
};

/** A distribution under the name and version that Ansible gives it. */
export interface Distribution {
  readonly name: string;
  readonly family: string;
  readonly version: string;
  /** Its code name, or `NA`. */
  readonly release: string;
}

/** undefined: none of the files says it. */
export function distributionOf(answer: Answer): Distribution | undefined {
  const os = assignments(answer.lines(OS_RELEASE));
  const redHat = answer.line(RED_HAT_RELEASE);
  const id = os.get('ID') ?? idOf(redHat);
  if (id === undefined) return undefined;
  const known = NAMES.get(id.toLowerCase());
  const name = known?.[0] ?? os.get('NAME') ?? redHat?.split(' ')[0] ?? id;
  // Some names stand for systems of more than one family.
  const family = familyLike(os.get('ID_LIKE')) ?? (redHat === undefined ? known?.[1] : 'RedHat') ?? name;
  const version = versionOf(name, answer, os) ?? 'NA';
  return { name, family, version, release: releaseOf(name, os, redHat) };
}

/** By the ID of os-release: the name (undefined: its NAME) and the family that Ansible has for it. */
const NAMES: ReadonlyMap<string, readonly [string | undefined, string]> = new Map([
  ['almalinux', ['AlmaLinux', 'RedHat']],
  ['alpine', ['Alpine', 'Alpine']],
  ['amzn', ['Amazon', 'RedHat']],
  ['anolis', ['Anolis OS', 'RedHat']],
  ['arch', ['Archlinux', 'Archlinux']],
  ['centos', ['CentOS', 'RedHat']],
  ['debian', ['Debian', 'Debian']],
  ['deepin', ['Deepin', 'Debian']],
  ['devuan', ['Devuan', 'Debian']],
  ['euleros', ['EulerOS', 'RedHat']],
  ['fedora', ['Fedora', 'RedHat']],
  ['gentoo', ['Gentoo', 'Gentoo']],
  ['kali', ['Kali', 'Debian']],
  ['kylin', [undefined, 'RedHat']],
  ['linuxmint', ['Linux Mint', 'Debian']],
  ['ol', ['OracleLinux', 'RedHat']],
  ['openeuler', ['openEuler', 'RedHat']],
  ['opensuse-leap', ['openSUSE Leap', 'Suse']],
  ['opensuse-tumbleweed', ['openSUSE Tumbleweed', 'Suse']],
  ['rhel', ['RedHat', 'RedHat']],
  ['rocky', ['Rocky', 'RedHat']],
  ['sles', ['SLES', 'Suse']],
  ['tencentos', ['TencentOS', 'RedHat']],
  ['ubuntu', ['Ubuntu', 'Debian']],
  ['uos', ['Uos', 'Debian']],
]);

function familyLike(like = ''): string | undefined {
  const relatives = like.toLowerCase().split(/\s+/);
  return relatives
    .map((id) => (id === 'suse' ? 'Suse' : NAMES.get(id)?.[1]))
    .find((family) => family !== undefined);
}

/** From before there was os-release: "CentOS release 6.10 (Final)". */
function idOf(redHat: string | undefined): string | undefined {
  if (redHat === undefined) return undefined;
  return redHat.startsWith('Red Hat') ? 'rhel' : redHat.split(' ')[0];
}

function versionOf(name: string, answer: Answer, os: ReadonlyMap<string, string>): string | undefined {
  const id = os.get('VERSION_ID');
  if (name === 'Debian') {
    const version = answer.line(DEBIAN_VERSION);
    return version !== undefined && /^\d/.test(version) ? version : (id ?? version);
  }
  const inText = /release (\d[\w.]*)/.exec(answer.line(RED_HAT_RELEASE) ?? '')?.[1];
  // os-release of CentOS 7 says "7"; its other file "7.9.2009", of which Ansible takes two parts.
  if (name === 'CentOS' && inText !== undefined) return inText.split('.').slice(0, 2).join('.');
  return id ?? inText;
}

function releaseOf(name: string, os: ReadonlyMap<string, string>, redHat: string | undefined): string {
  if (name === 'CentOS' && (os.get('NAME') ?? redHat ?? '').includes('Stream')) return 'Stream';
  const inBrackets = (text: string | undefined): string | undefined => /\(([^)]+)\)/.exec(text ?? '')?.[1];
  const codename = os.get('VERSION_CODENAME');
  return (
    (codename === '' ? undefined : codename) ?? inBrackets(os.get('VERSION')) ?? inBrackets(redHat) ?? 'NA'
  );
}

/** As the command lsb_release would say it. */
function lsbOf(answer: Answer, found: Distribution): Readonly<Record<string, string>> {
  const os = assignments(answer.lines(OS_RELEASE));
  const lsb = assignments(answer.lines(LSB_RELEASE));
  const release = lsb.get('DISTRIB_RELEASE') ?? os.get('VERSION_ID') ?? found.version;
  return {
    id: lsb.get('DISTRIB_ID') ?? found.name,
    release,
    major_release: release.split('.')[0] ?? release,
    codename: lsb.get('DISTRIB_CODENAME') ?? found.release,
    description: lsb.get('DISTRIB_DESCRIPTION') ?? os.get('PRETTY_NAME') ?? found.name,
  };
}

/** `NAME="value"` lines as a shell would read them, as far as such files go. */
export function assignments(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.flatMap((line): readonly (readonly [string, string])[] => {
      const [, name, raw = ''] = /^\s*([A-Za-z_]\w*)=(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, unquoted(raw.trim())]];
    }),
  );
}

function unquoted(text: string): string {
  const [, , inside] = /^(["'])(.*)\1$/.exec(text) ?? [];
  return inside === undefined ? text : text.startsWith("'") ? inside : inside.replace(/\\(["$`\\])/g, '$1');
}
