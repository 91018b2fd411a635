import { programOf } from './code.ts';
import { defineCollector } from './context.ts';

export default defineCollector({
  name: 'read/direct-tables',
  needs: [],
  yields: 'direct-tables',
  async run(_given, context) {
    const { reached, gaps } = await programOf(context);
    const computed = { file: null, reason: 'some tables that the browser reaches are named by what the code computes' };
    return { value: { tables: [...reached.tables] }, gaps: reached.complete ? gaps : [...gaps, computed] };
  },
});
