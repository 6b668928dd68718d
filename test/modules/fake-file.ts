import type { FileStat } from '../../src/transport/node.ts';
import type { FakeFile } from './fake-node.ts';

/** A file of a fake node. */
export interface Entry {
  readonly content: Buffer;
  readonly stat: FileStat;
}

/** The file that a case describes, with what it does not say as on any node. */
export function entryOf(file: Exclude<FakeFile, null>): Entry {
  const f = typeof file === 'string' ? { content: file } : file;
  const content = f.base64 === undefined ? Buffer.from(f.content ?? '') : Buffer.from(f.base64, 'base64');
  const type = f.type ?? (f.link !== undefined ? 'link' : f.directory === true ? 'directory' : 'file');
  const fallback = { file: '0644', directory: '0755', link: '0777', other: '0600' }[type];
  return {
    content,
    stat: {
      type,
      mode: f.mode ?? fallback,
      owner: f.owner ?? 'root',
      group: f.group ?? 'root',
      uid: f.uid ?? 0,
      gid: f.gid ?? 0,
      size: content.length,
      mtime: f.mtime ?? 1_700_000_000,
      linkTarget: f.link,
    },
  };
}
