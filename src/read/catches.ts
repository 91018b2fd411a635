import { programOf } from './code.ts';
import { defineCollector } from './context.ts';

export default defineCollector({
  name: 'read/catches',
  needs: [],
  yields: 'catches',
  async run(_given, context) {
    const { catches, gaps } = await programOf(context);
    return { value: { catches: [...catches] }, gaps };
  },
});
