import type { Data } from '../model/data.ts';
import type { Play, VarPrompt } from '../model/playbook.ts';
import type { CompiledLayer } from '../model/plan.ts';
import { TemplateError } from '../template/errors.ts';

/** What was answered; filled in before the run, when all that is known without it has been checked. */
export type PromptAnswers = ReadonlyMap<string, Data>;

/** Under this the answer is kept: where it is written, for files may be read more than once. */
export function promptKey({ name, at }: VarPrompt): string {
  return `${at.file}:${at.line}:${at.column} ${name}`;
}

/** The variables of `vars_prompt`: data, never templates. Those given with -e are not asked for. */
export function promptLayer({ prompts }: Play, answers: PromptAnswers): readonly CompiledLayer[] {
  if (prompts.length === 0) return [];
  const vars = prompts.map((prompt) => {
    const render = (): Data => {
      const answer = answers.get(promptKey(prompt));
      if (answer !== undefined) return answer;
      throw new TemplateError(`"${prompt.name}" of vars_prompt was not asked for`, prompt.at);
    };
    const value = { at: prompt.at, references: [], constant: false, render };
    return [prompt.name, { value, at: prompt.at }] as const;
  });
  return [{ label: 'vars_prompt', vars: new Map(vars) }];
}
