import type { VaultValue } from '../load/vault-values.ts';
import type { VaultKeyOptions } from './command-options.ts';
import type { Io } from './io.ts';
import { openVaultFiles, readVaultFiles, vaultKeys } from './vault-session.ts';
import { openValues, valuesIn } from './vault-single.ts';

/** `oms-play vault view`: prints the plain texts; of a YAML file with single values, the file with those in clear. */
export async function viewVault(names: readonly string[], options: VaultKeyOptions, io: Io): Promise<number> {
  const files = readVaultFiles(names, io);
  const plans = files.map((file) => ({ file, values: file.encrypted ? undefined : valuesIn(file) }));
  const keys = await vaultKeys(options, io, 'open');
  const texts: string[] = [];
  for (const { file, values } of plans) {
    if (values === undefined) texts.push(...(await openVaultFiles([file], keys)).map(({ plain }) => plain));
    else texts.push(inClear(file.text, await openValues(file, values, keys)));
  }
  for (const text of texts) io.stdout.write(text);
  return 0;
}

function inClear(
  text: string,
  opened: readonly { readonly value: VaultValue; readonly plain: string }[],
): string {
  return opened.reduceRight((whole, { value, plain }) => {
    const before = whole.slice(0, value.start).replace(/!vault(-encrypted)?\s*$/, '');
    return `${before}${JSON.stringify(plain)}${whole.slice(value.end)}`;
  }, text);
}
