import { programOf } from './code.ts';
import { defineCollector } from './context.ts';

export default defineCollector({
  name: 'read/calls',
  needs: [],
  yields: 'calls',
  async run(_given, context) {
    const { calls, gaps } = await programOf(context);
    return { value: { calls: [...calls] }, gaps };
  },
});
