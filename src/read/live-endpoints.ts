import { programOf } from './code.ts';
import { defineCollector } from './context.ts';

export default defineCollector({
  name: 'read/live-endpoints',
  needs: [],
  yields: 'live-endpoints',
  async run(_given, context) {
    const { live, gaps } = await programOf(context);
    return { value: { endpoints: [...live] }, gaps };
  },
});
