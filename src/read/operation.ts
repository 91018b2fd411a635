import { programOf } from './code.ts';
import { defineCollector } from './context.ts';

export default defineCollector({
  name: 'read/operation',
  needs: [],
  yields: 'operation',
  async run(_given, context) {
    const { operation, gaps, unread } = await programOf(context);
    return { value: operation, gaps: [...gaps, ...unread.operation] };
  },
});
