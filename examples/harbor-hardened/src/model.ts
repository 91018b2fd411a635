import { z } from 'zod';
import { pool } from './db.js';
import { HttpError } from './errors.js';
import { callService } from './outbound.js';
import type { Prompt } from './prompts.js';
import { settings } from './settings.js';

const maxTokens = 400;
const answer = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
  usage: z.object({ total_tokens: z.number().int().nonnegative() }).optional(),
});

/** Takes tokens from today's quota of the organisation, or gives them back (negative); false when they are used up. */
async function takeTokens(organisationId: number, tokens: number): Promise<boolean> {
  const result = await pool.query(
    `INSERT INTO ai_usage (organisation_id, day, tokens)
     SELECT $1, (now() AT TIME ZONE 'utc')::date, greatest($2::bigint, 0) WHERE $2::bigint <= $3::bigint
     ON CONFLICT (organisation_id, day) DO UPDATE SET tokens = greatest(ai_usage.tokens + $2::bigint, 0)
       WHERE ai_usage.tokens + $2::bigint <= $3::bigint
     RETURNING tokens`,
    [organisationId, tokens, settings.AI_DAILY_TOKENS_PER_ORGANISATION]
  );
  return result.rowCount === 1;
}

/** Asks the model within the quota of the organisation and keeps a record of it. */
export async function askModel(
  user: { id: number; organisationId: number },
  purpose: 'summary' | 'ask',
  prompt: Prompt
): Promise<string> {
  const text = `${prompt.system}\n\n${prompt.user}`;
  // An upper estimate is taken first and corrected by what was used.
  const reserved = Math.ceil(Buffer.byteLength(text) / 2) + maxTokens;
  if (!(await takeTokens(user.organisationId, reserved))) {
    throw new HttpError(429, 'The assistant has reached its limit for today');
  }
  const record = (outcome: 'answered' | 'failed', reply: string | null, tokens: number) =>
    pool.query(
      `INSERT INTO ai_requests (organisation_id, user_id, purpose, model, prompt, reply, outcome, tokens)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [user.organisationId, user.id, purpose, settings.OPENAI_MODEL, text, reply, outcome, tokens]
    );
  try {
    const result = answer.parse(
      await callService('assistant', `${settings.OPENAI_BASE_URL}/chat/completions`, {
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${settings.OPENAI_API_KEY}` },
        body: JSON.stringify({
          model: settings.OPENAI_MODEL,
          max_tokens: maxTokens,
          temperature: 0,
          messages: [
            { role: 'system', content: prompt.system },
            { role: 'user', content: prompt.user },
          ],
        }),
        timeoutMs: 8_000,
      })
    );
    const reply = (result.choices[0]?.message.content ?? '').replaceAll('\0', '').slice(0, 8000);
    const used = result.usage?.total_tokens ?? reserved;
    await takeTokens(user.organisationId, used - reserved);
    await record('answered', reply, used);
    return reply;
  } catch (cause) {
    await record('failed', null, reserved);
    throw new HttpError(502, 'The assistant did not answer', { cause });
  }
}
