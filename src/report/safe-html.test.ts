import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, html } from './safe-html.ts';
import type { SafeHtml } from './safe-html.ts';
import { oneLine, visible } from './visible.ts';

describe('html', () => {
  it('escapes what it is given and keeps what it made', () => {
    const inner = html`<b>${'<i>'}</b>`;
    expect(html`<p title="${'"x"'}">${inner}${[1, null, false, 'a & b']}</p>`.markup).toBe(
      '<p title="&quot;x&quot;"><b>&lt;i&gt;</b>1a &amp; b</p>',
    );
  });

  it('does not believe an object that merely looks like its own', () => {
    const forged: SafeHtml = { markup: '<script>' };
    expect(html`${forged}`.markup).toBe('&lt;script&gt;');
  });

  it('leaves no character that could end text or an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"'`]|(?![\n\t])\p{Cc}|\p{Cf}/u);
      }),
    );
  });
});

describe('visible', () => {
  it('shows control characters, direction overrides, zero-width characters, tags and lone surrogates', () => {
    expect(visible('a\u001b[31m\u202eb\u200bc\ud800d\u{e0041}')).toBe('a\\u{1b}[31m\\u{202e}b\\u{200b}c\\u{d800}d\\u{e0041}');
    expect(visible('line\r\nnext\ttab é 漢 \u{1f600}')).toBe('line\nnext\ttab é 漢 \u{1f600}');
    expect(oneLine(' a\n\tb ')).toBe('a b');
  });
});
