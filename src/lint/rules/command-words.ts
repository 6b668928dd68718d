/** Commands and the modules that do the same, the best first; only modules that are there count. */
export const INSTEAD: readonly { readonly pattern: RegExp; readonly modules: readonly string[] }[] = [
  { pattern: /^(mkdir|rmdir|touch|chmod|chown|chgrp|ln|rm)\b/, modules: ['file'] },
  { pattern: /^cp\b/, modules: ['copy'] },
  { pattern: /^(stat|test) /, modules: ['stat'] },
  {
    pattern: /^systemctl\s+(re)?(start|stop|load|enable|disable|mask|unmask|daemon-reload)\b/,
    modules: ['systemd', 'service'],
  },
  { pattern: /^service\s+\S+\s+(re)?(start|stop|load)\b/, modules: ['service'] },
  { pattern: /^supervisorctl\s+(re)?(start|stop)\b/, modules: ['service'] },
  { pattern: /^docker\s+(image\s+)?(load|pull|rmi)\b/, modules: ['docker_image'] },
  {
    pattern: /^docker\s+(container\s+)?(run|create|start|stop|restart|rm|kill)\b/,
    modules: ['docker_container'],
  },
  { pattern: /^docker\s+(container\s+)?exec\b/, modules: ['docker_exec'] },
  { pattern: /^docker\s+network\s+(create|rm|connect)\b/, modules: ['docker_network'] },
  { pattern: /^docker\s+volume\s+(create|rm)\b/, modules: ['docker_volume'] },
  { pattern: /^docker\s+\w+\s+prune\b/, modules: ['docker_prune'] },
  { pattern: /^(curl|wget)\b/, modules: ['get_url', 'uri'] },
  { pattern: /^sed\s+(-\w*\s+)*-i/, modules: ['replace', 'lineinfile'] },
  { pattern: /^(tar\s+-?\w*x|unzip\b|gunzip\b)/, modules: ['unarchive'] },
  { pattern: /^(apt|apt-get)\s+.*\b(install|remove|purge|update|upgrade)\b/, modules: ['apt', 'package'] },
  { pattern: /^(yum|dnf)\s+.*\b(install|remove|erase|update|upgrade)\b/, modules: ['dnf', 'package'] },
  { pattern: /^(useradd|usermod|userdel|adduser|deluser)\b/, modules: ['user'] },
  { pattern: /^(groupadd|groupmod|groupdel|addgroup|delgroup)\b/, modules: ['group'] },
  { pattern: /^crontab\b/, modules: ['cron'] },
  { pattern: /^u?mount\s+\S/, modules: ['mount'] },
  { pattern: /^sysctl\s+(-\w+\s+)*-?-?w/, modules: ['sysctl'] },
  { pattern: /^hostnamectl\s+(set-)?hostname\b/, modules: ['hostname'] },
  { pattern: /^timedatectl\s+set-timezone\b/, modules: ['timezone'] },
  { pattern: /^git\s+(clone|pull|fetch|checkout)\b/, modules: ['git'] },
  { pattern: /^rsync\b/, modules: ['synchronize'] },
  { pattern: /^(mysqldump)\b/, modules: ['mysql_dump'] },
  { pattern: /^mysql\b/, modules: ['mysql_query'] },
  { pattern: /^(reboot|shutdown\s+-r)\b/, modules: ['reboot'] },
  { pattern: /^sleep\b/, modules: ['pause', 'wait_for'] },
  { pattern: /^getent\b/, modules: ['getent'] },
  { pattern: /^mktemp\b/, modules: ['tempfile'] },
  { pattern: /^find\s+\//, modules: ['find'] },
];

/** Words that only a shell knows. */
export const BUILTINS: ReadonlySet<string> = new Set([
  ...['.', ':', '[', 'alias', 'case', 'cd', 'command', 'eval', 'exec', 'exit', 'export', 'for', 'if', 'read'],
  ...['set', 'source', 'time', 'trap', 'type', 'ulimit', 'umask', 'unset', 'until', 'wait', 'while'],
]);
