import { rulesOf } from '../model/access-rule.ts';
import type { AccessPolicy } from '../model/access-rule.ts';
import { defineStatementIn } from '../model/producer.ts';

/** What the owner of the application says in `seaworthy.json`. */
export interface AskContext {
  readonly access: AccessPolicy | undefined;
}

/** Who is meant to reach which endpoint, in the owner's words: what a named person confirmed, beside drafts that nobody has. */
export default defineStatementIn<AskContext>()({
  name: 'access-rules',
  needs: [],
  yields: 'access-rules',
  run(_given, { access }) {
    if (!access || access.rules.length === 0) throw new Error('seaworthy.json says nothing about intended access ("access")');
    return {
      value: {
        rules: rulesOf(access).map(({ endpoint, allow, why, confirmed }) => ({
          endpoint,
          allow,
          why: why ?? null,
          confirmed: confirmed ?? null,
        })),
      },
    };
  },
});
