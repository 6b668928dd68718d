import type { NodeReader } from '../../transport/node.ts';
import { ModuleError } from '../define.ts';
import { unescaped } from './fstab.ts';

/** What is mounted at a path: of several the upper one. */
export interface Mounted {
  readonly src: string;
  /** Of a bind mount: the folder within its file system. */
  readonly root: string;
  readonly fstype: string;
  readonly options: readonly string[];
}

/** Asks the kernel; undefined: nothing is mounted there. */
export async function mountedAt(node: NodeReader, path: string): Promise<Mounted | undefined> {
  const text = (await node.readFile('/proc/self/mountinfo'))?.toString('utf8');
  if (text === undefined) {
    throw new ModuleError({
      message: `${node.name} does not tell what is mounted: it has no /proc/self/mountinfo`,
    });
  }
  return text
    .split('\n')
    .flatMap((line) => {
      const [left = '', right = ''] = line.split(' - ');
      const [, , , root = '', at = '', options = ''] = left.split(' ');
      const [fstype = '', src = '', more = ''] = right.split(' ');
      if (unescaped(at) !== path) return [];
      return [
        {
          src: unescaped(src),
          root: unescaped(root),
          fstype,
          options: [...options.split(','), ...more.split(',')],
        },
      ];
    })
    .at(-1);
}
