import { describe, expect, it } from 'vitest';
import { showsMarkup, withMarkup } from './components.ts';

describe('components that show markup', () => {
  it('keeps scripts and lines where they are', () => {
    const text = `<template>
  <p
    v-html="a
      + b"
  />
</template>
<script>
const a = 'v-html="no"';
</script>
`;
    expect(showsMarkup(text, 'vue')).toBe(true);
    const found = withMarkup(text, 'vue');
    expect(found.split('\n')).toHaveLength(text.split('\n').length);
    expect(found.split('\n')[2]?.trim()).toBe(';function template$1() { __markup(a + b); }');
    expect(found.split('\n')[7]).toBe(`const a = 'v-html="no"';`);
    expect(found.match(/template\$/g)).toHaveLength(1);
  });

  it('takes no longer for what never ends', () => {
    for (const text of [
      '<!--'.repeat(200_000),
      '<script '.repeat(100_000),
      '<script>'.repeat(100_000),
      '{@html '.repeat(100_000),
      ' v-html="'.repeat(50_001),
    ])
      for (const format of ['vue', 'svelte']) expect(withMarkup(text, format).length).toBeGreaterThan(0);
  });

  it('asks about what cannot be read', () => {
    expect(withMarkup('<p v-html="a |||">', 'vue').trim()).toBe(';function template$1() { __markup(undefined.unread); }');
    expect(showsMarkup('<p>{html}</p>', 'svelte')).toBe(false);
    expect(withMarkup('{@html `<b>${x}</b>`}', 'svelte').trim()).toBe(';function template$1() { __markup(`<b>${x}</b>`); }');
  });
});
