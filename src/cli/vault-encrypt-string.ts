import { sealAge } from '../vault/age.ts';
import type { VaultStringOptions } from './command-options.ts';
import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';
import { chosenTarget } from './vault-encrypt.ts';

const MAX_CHARACTERS = 1024 * 1024;

/** `oms-play vault encrypt-string`: a single value as YAML on stdout. */
export async function encryptString(
  text: string | undefined,
  options: VaultStringOptions,
  io: Io,
): Promise<number> {
  const name = options.name ?? options.stdinName;
  if (name !== undefined && !/^[A-Za-z_]\w*$/.test(name)) {
    throw new UsageError(
      `"${name}" is no name of a variable: letters, digits and _, not beginning with a digit`,
    );
  }
  if (text !== undefined && options.stdinName !== undefined) {
    throw new UsageError('--stdin-name reads the value from stdin; leave the text out');
  }
  const target = await chosenTarget(options, io);
  const plain = text ?? (await givenValue(options.stdinName !== undefined, io));
  if (plain === '') throw new UsageError('the value is empty; nothing was encrypted');
  if (plain.endsWith('\n')) io.stderr.write('note: the value ends with a line break (printf %s, not echo)\n');
  const lines = (await sealAge(plain, target)).trimEnd().split('\n');
  const head = name === undefined ? '!vault |' : `${name}: !vault |`;
  io.stdout.write(`${[head, ...lines.map((line) => `  ${line}`)].join('\n')}\n`);
  return 0;
}

/** What was piped in, byte for byte as Ansible does; else what is typed, unseen. */
async function givenValue(fromStdin: boolean, io: Io): Promise<string> {
  if (!fromStdin && process.stdin.isTTY) {
    const typed = await io.askSecret('Value to encrypt: ');
    if (typed !== (await io.askSecret('Value to encrypt again: '))) {
      throw new UsageError('the two values differ; nothing was encrypted');
    }
    return typed;
  }
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const chunk of process.stdin as AsyncIterable<string>) {
    text += chunk;
    if (text.length > MAX_CHARACTERS) throw new UsageError('the value on stdin is larger than 1 MB');
  }
  return text;
}
