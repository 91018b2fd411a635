import { defineStatementIn } from '../model/producer.ts';

/** What the owner of the application says in `seaworthy.json`. */
export interface AskContext {
  readonly access: readonly { readonly endpoint: string; readonly allow: readonly string[] }[];
}

/** Who is meant to reach which endpoint, in the owner's words. */
export default defineStatementIn<AskContext>()({
  name: 'intended-access',
  needs: [],
  yields: 'intended-access',
  run(_given, { access }) {
    if (access.length === 0) throw new Error('seaworthy.json says nothing about intended access ("access")');
    return { value: { rules: access.map(({ endpoint, allow }) => ({ endpoint, allow: [...allow] })) } };
  },
});
