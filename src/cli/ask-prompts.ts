import type { Data } from '../model/data.ts';
import type { VarLayer } from '../model/inventory.ts';
import type { Playbook, VarPrompt } from '../model/playbook.ts';
import type { Masker } from '../model/masker.ts';
import { promptKey } from '../plan/prompts.ts';
import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';

/** What is asked, of whom, and where the answers go. */
export interface Asking {
  readonly playbooks: readonly Playbook[];
  /** Variables of -e are not asked for. */
  readonly extra: VarLayer;
  readonly masker: Masker;
  readonly answers: Map<string, Data>;
  readonly io: Pick<Io, 'ask' | 'askSecret'>;
}

/** Asks all questions of `vars_prompt`, before anything is connected. Throws UsageError without a terminal. */
export async function askPrompts({ playbooks, extra, masker, answers, io }: Asking): Promise<void> {
  for (const prompt of playbooks.flatMap(({ plays }) => plays.flatMap(({ prompts }) => prompts))) {
    if (extra.vars.has(prompt.name)) continue;
    const answer = await answerTo(prompt, io);
    if (prompt.private && answer !== '' && answer !== prompt.default) masker.add(answer);
    answers.set(promptKey(prompt), answer);
  }
}

async function answerTo(prompt: VarPrompt, io: Asking['io']): Promise<string> {
  const { name, question, private: hidden, confirm } = prompt;
  const { ask = undefined } = io;
  if (ask === undefined) {
    if (prompt.default !== undefined) return prompt.default;
    const { file, line } = prompt.at;
    throw new UsageError(
      `${file}:${line}: "${name}" is to be asked for, and there is no terminal. Give it with -e ${name}=…`,
    );
  }
  const shown = prompt.default === undefined || hidden ? '' : ` [${prompt.default}]`;
  const put = hidden ? io.askSecret : ask;
  for (;;) {
    const typed = await put(`${question}${shown}: `);
    if (!confirm || typed === (await put(`confirm ${question}: `))) {
      return typed === '' ? (prompt.default ?? '') : typed;
    }
    await ask('The two do not match; press Enter to try again. ');
  }
}
