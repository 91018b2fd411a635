import { lintSource } from '@secretlint/core';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import type { SecretLintCoreConfig } from '@secretlint/types';
import type { Candidate } from './candidate.ts';
import { entropy, isPlaceholder } from './plausible.ts';

/** Rules that `providers.ts` replaces with ones that decode, classify or filter more. */
const replaced = 'aws openai anthropic basicauth database-connection-string privatekey sendgrid stripe gcp filter-comments';
const off = new Set(replaced.split(' ').map((name) => `@secretlint/secretlint-rule-${name}`));

/** Literal parts of what the remaining rules match; files without any of them, which is nearly all, are not handed over. */
const hint =
  /npm_|_authToken|xox|xapp-|hooks\.slack|gsk_|hf_|lin_api|ntn_|shp(pa|ca|at|ss)_|gh[pousr]_|github_pat|glpat-|glc_|glsa_|ops_ey|hv[sbr]\.|vc[pirak]_|vck_|dapi|dckr_pat|figd_|cf(k|ut|at)_|tskey-/;

/**
 * The rules one by one and not as a preset, because a preset's rules cannot be switched off (`disabled` is ignored there), and
 * `filter-comments` must be: the audited repository would silence its own findings with a comment.
 */
const config: SecretLintCoreConfig = { rules: rules.filter(({ meta }) => !off.has(meta.id)).map((rule) => ({ id: rule.meta.id, rule })) };

/** What secretlint's recommended rules find. No configuration of the audited tree is looked for or read. */
export async function byPublishedRules(file: string, text: string): Promise<Candidate[]> {
  if (!hint.test(text)) return [];
  const { messages } = await lintSource({
    source: { filePath: `/${file}`, content: text, contentType: 'text' },
    options: { config, noPhysicFilePath: true },
  });
  return messages.flatMap(({ range: [start, end], ruleId }) => {
    const value = text.slice(start, end);
    const type = `${ruleId.replace(/^@secretlint\/secretlint-rule-/, '')}-token`;
    if (isPlaceholder(value) || entropy(value) < 3) return [];
    return [{ type, start, value, certain: true, show: /^[a-z]+[-_.]/i.exec(value)?.[0] ?? '' }];
  });
}
