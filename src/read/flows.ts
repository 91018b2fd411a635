import { programOf } from './code.ts';
import { defineCollector } from './context.ts';

export default defineCollector({
  name: 'read/flows',
  needs: [],
  yields: 'flows',
  async run(_given, context) {
    const { flows, gaps } = await programOf(context);
    return { value: { flows: [...flows] }, gaps };
  },
});
