import { programOf } from './code.ts';
import { defineCollector } from './context.ts';

export default defineCollector({
  name: 'read/sequences',
  needs: [],
  yields: 'sequences',
  async run(_given, context) {
    const { sequences, gaps, unread } = await programOf(context);
    return { value: { sequences: [...sequences] }, gaps: [...gaps, ...unread.data] };
  },
});
