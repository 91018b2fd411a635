import { programOf } from './code.ts';
import { defineCollector } from './context.ts';

export default defineCollector({
  name: 'read/jobs',
  needs: [],
  yields: 'jobs',
  async run(_given, context) {
    const { jobs, gaps } = await programOf(context);
    return { value: { jobs: [...jobs] }, gaps };
  },
});
