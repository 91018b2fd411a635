import type { ModelAnswer, WorldRule } from '../../../model/world-rule.ts';
import type { Lab } from './interpreter.ts';
import type { Json } from './people/players.ts';
import { fill, fillText } from './templates.ts';

/** A rule with its templates filled in: what a model is made to say may name rows. `{{system}}` and `{{prompt}}` are the model's own. */
export function saying(lab: Lab, rule: WorldRule): WorldRule {
  const [anyone] = lab.players.values();
  if (rule.does?.do !== 'say' || !anyone) return rule;
  const bindings = {
    saved: new Map<string, Json>([...lab.saved, ['system', '{{system}}'], ['prompt', '{{prompt}}']]),
    players: lab.players,
  };
  const filled = ({ text, tools, ...rest }: ModelAnswer): ModelAnswer => ({
    ...rest,
    ...(text === undefined ? {} : { text: fillText(text, anyone, bindings) }),
    ...(tools === undefined
      ? {}
      : { tools: tools.map((tool) => ({ ...tool, arguments: fill(tool.arguments as Json, anyone, bindings) })) }),
  });
  return { ...rule, does: { ...rule.does, answers: rule.does.answers.map(filled) } };
}
