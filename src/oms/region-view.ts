import type { Data } from '../model/data.ts';
import type { SourceRange } from '../model/source.ts';
import { settled } from './values-rules.ts';
import type { ConfigValues } from './values-rules.ts';

/** A value of the inventory, rendered, and where the user wrote it. */
export interface PlacedValue {
  readonly data: Data;
  readonly at: SourceRange;
}

export interface NodeView {
  readonly name: string;
  readonly address: string;
  readonly at: SourceRange;
}

/** A region of the inventory as the rules see it: what its nodes get as variables. */
export interface RegionView {
  readonly name: string;
  readonly at: SourceRange;
  readonly nodes: readonly NodeView[];
  value(key: string): PlacedValue | undefined;
  /** All variables in reach, with their places. */
  names(): Iterable<{ readonly name: string; readonly at: SourceRange }>;
}

/** The region's parameters by name, without their places. */
export function valuesOf(region: RegionView): ConfigValues {
  return (name) => region.value(name)?.data;
}

/**
 * The value that the region's config.yaml will have, in its own type: cm_region is the region's name unless said
 * otherwise, cm_is_default true. undefined: missing, or not known yet.
 */
export function effective(region: RegionView, key: string): Data | undefined {
  const placed = region.value(key);
  if (placed && placed.data !== null) return settled(key, valuesOf(region));
  return key === 'cm_region' ? region.name : key === 'cm_is_default' ? true : undefined;
}

/** Where the value stands; the region's own place for one that nobody wrote. */
export function placeOf(region: RegionView, key: string): SourceRange {
  return region.value(key)?.at ?? region.at;
}

/** "inventory.yml:12", for texts that name a second place. */
export function shown(at: SourceRange): string {
  return `${at.file}:${at.line}`;
}

/** True when both are the same words of the same file: a value that regions share. */
export function samePlace(a: SourceRange, b: SourceRange): boolean {
  return a.file === b.file && a.line === b.line && a.column === b.column;
}
