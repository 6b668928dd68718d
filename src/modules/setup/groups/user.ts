import type { FactGroup } from '../group.ts';

/** The shell reads its own numbers and the line of passwd; only a user who is not in that file costs a process. */
const SCRIPT = `s user
while read -r a b c x;do case $a in Uid:)u=$b e=$c;;Gid:)g=$b h=$c;break;;esac;done</proc/self/status
echo $u $e $g $h
p=;while IFS=: read -r n w i z;do [ "$i" = "$e" ]&&{ p=$n:$w:$i:$z;break;};done</etc/passwd
[ "$p" ]||p=$(getent passwd "$e")
printf '%s\\n' "$p"`;

/** Who the task runs as. */
export const user: FactGroup = {
  name: 'user',
  facts: [
    ...['user_id', 'user_uid', 'user_gid', 'user_gecos', 'user_dir', 'user_shell'],
    ...['real_user_id', 'effective_user_id', 'real_group_id', 'effective_group_id'],
  ],
  fleeting: true,
  script: SCRIPT,
  read: (answer) => {
    const [numbers = '', entry = ''] = answer.section('user')?.split('\n') ?? [];
    const [realUser, user, realGroup, group] = numbers.split(' ').map(Number);
    if (group === undefined || [realUser, user, realGroup, group].some((id) => !Number.isInteger(id)))
      return { facts: {} };
    const ids = { real_user_id: realUser ?? 0, effective_user_id: user ?? 0 };
    return {
      facts: { ...ids, real_group_id: realGroup ?? 0, effective_group_id: group, ...accountFacts(entry) },
    };
  },
};

function accountFacts(entry: string): Readonly<Record<string, string | number>> {
  const [name, , uid, gid, gecos = '', dir = '', shell = ''] = entry.split(':');
  if (name === undefined || gid === undefined) return {};
  const numbers = { user_uid: Number(uid), user_gid: Number(gid) };
  return { user_id: name, ...numbers, user_gecos: gecos, user_dir: dir, user_shell: shell };
}
