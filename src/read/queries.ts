import { programOf } from './code.ts';
import { defineCollector } from './context.ts';

export default defineCollector({
  name: 'read/queries',
  needs: [],
  yields: 'queries',
  async run(_given, context) {
    const { queries, declared, rowSecurity, gaps, unread } = await programOf(context);
    return { value: { queries: [...queries], declared: [...declared], rowSecurity }, gaps: [...gaps, ...unread.data] };
  },
});
