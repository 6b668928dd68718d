import { InvalidArgumentError, Option } from 'commander';

/** An option's line of help: choices, and a default only where it says something. */
export function optionDescription(option: Option): string {
  const { defaultValue, argChoices } = option as { defaultValue: unknown; argChoices?: readonly string[] };
  const notes = [
    ...(argChoices === undefined ? [] : [argChoices.join(' | ')]),
    ...(typeof defaultValue === 'string' || (typeof defaultValue === 'number' && defaultValue > 0)
      ? [`default: ${defaultValue}`]
      : []),
  ];
  return notes.length === 0 ? option.description : `${option.description} (${notes.join('; ')})`;
}

/** `-i`, for every command that reads an inventory. */
export function inventoryOption(): Option {
  return new Option(
    '-i, --inventory <path>',
    'inventory: file, folder, executable or "host1,host2,"; repeatable. Default: $OMS_PLAY_INVENTORY, then ./inventory',
  )
    .argParser(collect)
    .default([]);
}

/** `--region-by`, for every command that reads an inventory. */
export function regionByOption(): Option {
  return new Option(
    '--region-by <name>',
    'for inventories of Ansible: the variable that holds the region, or the group whose children are the regions. Default: $OMS_PLAY_REGION_BY, then oms_region and oms_regions',
  );
}

/** `-e`, for every command that works with variables. */
export function extraVarsOption(): Option {
  return new Option(
    '-e, --extra-vars <vars>',
    'variables above all others; repeatable: name=text, name:=JSON, \'{"name": 1}\', @file',
  )
    .argParser(collect)
    .default([]);
}

/** Takes a repeatable option. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** Takes a repeatable option whose words may be joined by commas. */
export function collectWords(value: string, before: readonly string[] = []): readonly string[] {
  return [
    ...before,
    ...value
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  ];
}

/** A whole number of at least 1. */
export function positive(value: string): number {
  if (/^\d{1,6}$/.test(value) && Number(value) > 0) return Number(value);
  throw new InvalidArgumentError('It must be a whole number of at least 1.');
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** How long: 30s, 10m, 2h, 1d; in milliseconds. */
export function duration(value: string): number {
  const [, number, unit = ''] = /^(\d{1,6})([smhd])$/.exec(value) ?? [];
  const ms = Number(number) * (UNITS[unit] ?? 0);
  if (ms > 0) return ms;
  throw new InvalidArgumentError('Write a number with s, m, h or d behind it, e.g. 10m.');
}

/** A number of seconds above 0. */
export function seconds(value: string): number {
  if (/^\d{1,6}(\.\d+)?$/.test(value) && Number(value) > 0) return Number(value);
  throw new InvalidArgumentError('It must be a number of seconds above 0.');
}
