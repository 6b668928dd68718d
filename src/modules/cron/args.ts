import * as z from 'zod';
import { accountName } from '../accounts/names.ts';

const SPECIAL = ['annually', 'daily', 'hourly', 'monthly', 'reboot', 'weekly', 'yearly'] as const;

const field = (description: string) =>
  z
    .union([
      z.string().regex(/^[\w*/,~-]+$/, { error: 'not what a crontab takes, as in 5, */10, 1-5 or mon,fri' }),
      z.int(),
    ])
    .transform(String)
    .optional()
    .describe(description);

const oneLine = z.string().regex(/^[^\r\n]*$/, { error: 'holds a line break' });

/** Arguments of cron. */
export const cronArgs = z.strictObject({
  name: oneLine
    .min(1)
    .describe('What the entry is called, in a comment above it; with env the name of the variable.'),
  job: oneLine.optional().describe('The command; with env the value. Required for state present.'),
  value: oneLine.optional().describe('Another name of job.'),
  state: z.enum(['present', 'absent']).default('present').describe('Whether the entry is to be there.'),
  minute: field('Minute (0-59, *, */2 …). Without it: *.'),
  hour: field('Hour (0-23, *, */2 …). Without it: *.'),
  day: field('Day of the month (1-31, *, */2 …), as day or dom. Without it: *.'),
  dom: field('Another name of day.'),
  month: field('Month (1-12, jan-dec, *, */2 …). Without it: *.'),
  weekday: field('Day of the week (0-6 from Sunday on, sun-sat, * …), as weekday or dow. Without it: *.'),
  dow: field('Another name of weekday.'),
  special_time: z.enum(SPECIAL).optional().describe('A time by its name, instead of the five fields.'),
  user: accountName
    .optional()
    .describe('Whose crontab; with cron_file who the command runs as. Without it: who the task runs as.'),
  cron_file: z
    .string()
    .min(1)
    .optional()
    .describe('File in /etc/cron.d, or a path, instead of a user’s crontab; present needs user with it.'),
  disabled: z.boolean().default(false).describe('Whether the entry is there as a comment only.'),
  env: z.boolean().default(false).describe('Whether it is about an environment variable of the crontab.'),
  insertafter: z.string().min(1).optional().describe('With env: goes behind this variable.'),
  insertbefore: z.string().min(1).optional().describe('With env: goes before this variable.'),
  backup: z.boolean().default(false).describe('Whether the crontab as it was is kept in a file.'),
});

export type CronArgs = z.output<typeof cronArgs>;
