import { script } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { ModuleError } from '../define.ts';
import { tail } from '../failure.ts';

// Tells the causes apart by what is there, because the words of the docker command differ between versions.
const PROBE = script(`command -v docker >/dev/null 2>&1 || { echo missing; exit 0; }
v=$(docker version --format '{{.Server.Version}}' 2>&1) && [ -n "$v" ] && { echo up; exit 0; }
printf '%s\\n' "$v" >&2
s=\${DOCKER_HOST:-unix:///var/run/docker.sock}
case $s in unix://*) s=\${s#unix://} ;; *) echo remote; exit 0 ;; esac
if [ -S "$s" ] && [ ! -w "$s" ]; then echo denied; else echo down; fi`);

/** Throws a ModuleError that says why Docker cannot be used on the node; returns when it can. */
export async function requireDocker(node: NodeReader): Promise<void> {
  const probe = await node.query(PROBE);
  const state = probe.stdout.toString('utf8').trim();
  if (state === 'up') return;
  const [message, hint] = trouble(node.name, state);
  const stderr = tail(probe.stderr.toString('utf8'));
  throw new ModuleError({ message, hint, ...(stderr === '' ? {} : { stderr }) });
}

function trouble(node: string, state: string): readonly [string, string] {
  switch (state) {
    case 'missing':
      return [
        `Docker is not installed on ${node}: there is no docker command in its PATH`,
        'install Docker Engine 1.13 or newer on the node, then run again',
      ];
    case 'denied':
      return [
        `the user on ${node} may not talk to Docker: its socket cannot be written to`,
        'set "become: true" on the task or play, or add the user to the group docker',
      ];
    case 'remote':
      return [
        `Docker does not answer on ${node} at the address in DOCKER_HOST`,
        'unset DOCKER_HOST for the task, or start the engine it points to',
      ];
    default:
      return [
        `the Docker Engine on ${node} is not running: it does not answer on its socket`,
        'start it on the node with "systemctl start docker"; "journalctl -u docker" says why it stopped',
      ];
  }
}
