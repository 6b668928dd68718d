import type { Data, DataMap } from '../../model/data.ts';

/** A column's value as plain data: big integers as text where a number would round, bytes as text or base64. */
export function toData(value: unknown): Data {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return fromBigInt(value);
  if (Buffer.isBuffer(value)) return fromBytes(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(toData);
  if (typeof value === 'object') return rowToData(value);
  return value as string | number | boolean;
}

/** A row as a map from column to value. */
export function rowToData(row: object): DataMap {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toData(value)]));
}

/** The value of a BIT column: bytes, the highest first. */
export function bitsToData(bits: Buffer): Data {
  return fromBigInt(BigInt(`0x0${bits.toString('hex')}`));
}

function fromBigInt(value: bigint): Data {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

function fromBytes(bytes: Buffer): Data {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes.toString('base64');
  }
}
