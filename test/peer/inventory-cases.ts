/** One inventory that Ansible reads too. */
export interface PeerCase {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** Arguments of `-i`; files below the folder of the case, or lists of hosts. */
  readonly sources: readonly string[];
  readonly patterns?: readonly string[];
  /** Files that are executable. */
  readonly scripts?: readonly string[];
}

const VALUES = `
[all:vars]
whole = 1
comment = 1 # one
hash = foo # bar
tuple=1,2
host=a,b
texts='x' 'y'
quoted = "quoted"
single='it"s'
none=None
float=3.5
exponent=1e3
point=1.
yes_text=yes
true_text=true
true_word=True
hex=0x1F
octal=0o17
old_octal=0755
zero=00
minus=-5
plus=+5
under=1_000
ip=10.0.0.1
date=2024-01-01
a_list=[1, 'a', [2, "b"], None, True]
a_map={'a': 1, "b": [1, 2], 3: 'c'}
broken=[1, 2
words=two words
empty=
spaces =   padded   
equals=a=b=c
escape='tab\\there \\x41 \\u00e9'
raw=r'a\\nb'
byte_text=b'abc'
url=http://10.0.0.1:80/x?y=z
version=1.2.3
dash=-
unicode=größe
paren=(1)
one_tuple=(1,)
`;

const SHOP = `
lone ansible_host=10.0.0.9
; other
[web]
web[01:03] http_port=80 title="a b" flag=True
db-1:2222 ansible_host=10.0.0.5 x=[1,'a',(2,)] y={'a':1} z=0755 w=1_000 # comment
"quoted-host" v='[1, "a"]' w="{'a': 'b'}" k="it's" h=a#b

[db]
db-[a:c]
db-[1:9:4] n="two words"
[2001:db8::1]:22 q=1
10.0.0.[1:2]

[east:children]
web
[web:vars]
tier=front
who=web
[east:vars]
who=east
deep=[1,2,{'a': (1, 2)}]
[west:children]
db
east2 # comment
[east2]
web01 extra=1
[empty]
`;

const YAML = `all:
  vars: { top: 1, who: all }
  hosts:
    alone:
      ansible_host: 10.0.0.1
  children:
    web:
      hosts:
        web[01:03]:
          http_port: 80
        web-x:2200:
      vars: { who: web, items: [1, a, { b: null }] }
      children:
        blue:
          hosts: { web01: { colour: blue } }
        green:
          hosts: web02
    db:
      hosts:
        db-[a:b]: { "text": "0755", on_disk: true }
other:
  hosts: { web01: { colour: other }, alone: }
  vars: { who: other }
`;

const LISTING = JSON.stringify({
  _meta: { hostvars: { a: { x: 1, nested: { y: [1, null, true, 'z'] } }, b: { x: 'two' } } },
  web: { hosts: ['a', 'b'], vars: { who: 'web' }, children: ['inner'] },
  inner: { hosts: ['c'] },
  list: ['d', 'a'],
  short: { only: 'vars' },
});

export const PEER_CASES: readonly PeerCase[] = [
  { name: 'values of INI', files: { hosts: `n1\n${VALUES}` }, sources: ['hosts'] },
  {
    name: 'INI: groups, ranges, ports, children',
    files: { hosts: SHOP },
    sources: ['hosts'],
    patterns: [
      ...['all', '*', 'web', 'web[0]', 'web[0:1]', 'web[1:]', 'web[-1]', '~web.*', 'all:!db', 'web:&east2'],
      ...[
        'web*',
        'db-?',
        'db-[abc]',
        'db-[!abc]',
        '!web',
        '&east',
        'web01,db-a',
        'web01:db-a',
        'east:!web0*',
      ],
      ...[
        '~(web|db)-?0?1',
        '~.*-[ab]',
        'all[0]',
        'ungrouped',
        'east:west:&web',
        '10.0.0.*',
        '~10\\.0\\.0\\.[12]',
      ],
      ...['web:!web[0]', 'web[0]:web[2]', 'nothing*:web', 'lone', 'empty:lone', '~web\\d{2}', '*-a:*-b'],
    ],
  },
  {
    name: 'group_vars and host_vars beside an INI',
    files: {
      'inv/hosts':
        '[web]\nw1 a=host\nw2\n[db]\nd1\n[all:vars]\na=all\nb=all\n[web:vars]\na=web\nb=web\nc=web\n[site:children]\nweb\ndb\n[site:vars]\nc=site\nd=site\n',
      'inv/group_vars/all.yml': 'b: file all\ne: file all\n',
      'inv/group_vars/web.yml': 'c: file web\ne: file web\nf: { list: [1, 2] }\n',
      'inv/group_vars/site/1.yml': 'd: file site\ng: one\n',
      'inv/group_vars/site/2.yml': 'g: two\n',
      'inv/host_vars/w1.yml': 'h: file host\n',
      'inv/host_vars/w2/x.yml': 'a: file w2\n',
    },
    sources: ['inv/hosts'],
  },
  {
    name: 'priorities and depths of groups',
    files: {
      hosts:
        '[b]\nn\n[a]\nn\n[z]\nn\n[a:vars]\nv=a\n[b:vars]\nv=b\n[z:vars]\nv=z\nw=z\n[p]\nn\n[p:vars]\nansible_group_priority=10\nv=p\n[top:children]\nz\n[top:vars]\nw=top\nu=top\n',
    },
    sources: ['hosts'],
  },
  {
    name: 'YAML: hosts, children, ranges, ports',
    files: { 'inv.yml': YAML },
    sources: ['inv.yml'],
    patterns: ['web', 'web:!blue', 'other', 'blue:green', 'alone', 'web0*:&other', 'db[0]', 'db[1]', '~db-.'],
  },
  {
    name: 'several sources: later ones win',
    files: {
      '1.ini': '[web]\na x=1 y=1\nb\n[web:vars]\ng=1\nh=1\n',
      '2.yml': 'web:\n  hosts: { a: { y: 2 }, c: }\n  vars: { h: 2 }\n',
      'three/hosts': '[all:vars]\ng=all\nz=3\n[web]\nd\n',
      'three/group_vars/web.yml': 'k: three\n',
      'group_vars/web.yml': 'k: top\nl: top\n',
    },
    sources: ['1.ini', '2.yml', 'three/hosts', 'e,f:2222,'],
    patterns: ['web', 'ungrouped', 'all:!web'],
  },
  {
    name: 'a folder: all files in name order, without backups',
    files: {
      'dir/01-first': '[web]\na v=1\n[web:vars]\nw=1\n',
      'dir/02-second.yml': 'web: { hosts: { b: { v: 2 } }, vars: { w: 2 } }\n',
      'dir/02-second.yml.bak': 'web: { hosts: { nobody: } }\n',
      'dir/03-old~': '[web]\nnobody\n',
      'dir/.hidden': '[web]\nnobody\n',
      'dir/README.md': '# about\n',
      'dir/group_vars/web.yml': 'x: dir\n',
      'dir/host_vars/a.yml': 'y: dir\n',
    },
    sources: ['dir'],
  },
  {
    name: 'a dynamic inventory with _meta',
    files: { 'dyn.sh': `#!/bin/sh\ncat <<'END'\n${LISTING}\nEND\n` },
    scripts: ['dyn.sh'],
    sources: ['dyn.sh'],
    patterns: ['web', 'inner', 'short', 'list[0]'],
  },
  {
    name: 'a dynamic inventory that is asked for each host',
    files: {
      'dyn.sh': `#!/bin/sh
case $1 in
--list) echo '{"web": ["a", "b"], "db": {"hosts": ["c"], "vars": {"v": 1}}}' ;;
--host) echo "{\\"asked\\": \\"$2\\", \\"n\\": 7}" ;;
esac
`,
    },
    scripts: ['dyn.sh'],
    sources: ['dyn.sh'],
  },
];
