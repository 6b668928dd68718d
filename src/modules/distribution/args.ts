import * as z from 'zod';

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9 };

/** Arguments of every module that brings a large file to the nodes of a region. */
export const distributionArgs = {
  distribution: z
    .enum(['chain', 'registry', 'copy'])
    .default('chain')
    .describe(
      'How it goes to the nodes of a region. chain: over the border once, then from node to node; registry (images only): pulled through the controller, missing layers only, then from node to node; copy: from the controller to each node.',
    ),
  seeds: z
    .int()
    .min(1)
    .default(1)
    .describe('Nodes of a region that the controller sends to at once, each a part of it.'),
  bandwidth: z
    .union([z.string(), z.number()], { error: 'write bytes a second, such as 50M' })
    .transform((value, context) => {
      if (value === '') return undefined;
      const rate = bytesOf(String(value));
      if (rate !== undefined) return rate;
      const message = 'write bytes a second, such as 50M (K, M and G are powers of 1000)';
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    })
    .optional()
    .describe(
      'Most that the controller sends to one region, in bytes (not bits) a second: 50M is 50,000,000, about 400 Mbit/s. Empty or left out: as fast as it goes.',
    ),
};

/** What these arguments say, parsed. */
export interface DistributionArgs {
  readonly distribution: 'chain' | 'registry' | 'copy';
  readonly seeds: number;
  readonly bandwidth?: number | undefined;
}

function bytesOf(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([kmg]?)$/i.exec(text.trim());
  const bytes = Number(match?.[1]) * (UNITS[(match?.[2] ?? '').toLowerCase()] ?? Number.NaN);
  return bytes >= 1000 ? Math.floor(bytes) : undefined;
}
