import { programOf } from './code.ts';
import { defineCollector } from './context.ts';

export default defineCollector({
  name: 'read/queries',
  needs: [],
  yields: 'queries',
  async run(_given, context) {
    const { queries, gaps } = await programOf(context);
    return { value: { queries: [...queries] }, gaps };
  },
});
