import { library } from './types.ts';
import type { Library } from './types.ts';

/** What screens of React, Vue and Svelte are made of: values that are calculated from others. */
export default [
  library(['react'], { useMemo: { result: 'returned' }, 'default.useMemo': { result: 'returned' } }),
  library(['vue', '@vue/composition-api', '@vue/reactivity'], { computed: { result: 'returned' } }),
  library(['global'], { $derived: { result: 'argument' }, '$derived.by': { result: 'returned' } }),
] satisfies Library;
