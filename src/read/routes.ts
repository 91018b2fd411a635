import { programOf } from './code.ts';
import { defineCollector } from './context.ts';

export default defineCollector({
  name: 'read/routes',
  needs: [],
  yields: 'routes',
  async run(_given, context) {
    const { routes, gaps } = await programOf(context);
    return { value: { routes: [...routes] }, gaps };
  },
});
