/**
 * Orders two versions by the numbers in them: -1, 0 or 1. What follows `+`, `~` or a space is left out,
 * missing numbers count as 0, and a pre-release (`-rc1`) comes before its release.
 */
export function versionCompare(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let i = 0; i < Math.max(left.numbers.length, right.numbers.length); i++) {
    const sign = Math.sign((left.numbers[i] ?? 0) - (right.numbers[i] ?? 0));
    if (sign !== 0) return sign;
  }
  if (left.pre === right.pre) return 0;
  if (left.pre === '' || right.pre === '') return left.pre === '' ? 1 : -1;
  return left.pre < right.pre ? -1 : 1;
}

function partsOf(version: string): { readonly numbers: readonly number[]; readonly pre: string } {
  const [, main = '', pre = ''] = /^\s*v?(\d[\d.]*)(?:-?((?:rc|alpha|beta|pre)[\w.]*))?/i.exec(version) ?? [];
  return { numbers: main.split('.').map(Number), pre: pre.toLowerCase() };
}
