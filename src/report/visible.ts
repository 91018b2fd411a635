/**
 * Characters of the audited application that a reader would not see but a terminal or browser would obey: control
 * characters, direction overrides, zero-width characters, line separators, tags, lone surrogates.
 */
const invisible = /(?![\n\t])\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}|\p{Cs}/gu;

/** Makes them visible as `\u{202e}`; line breaks and tabs stay. A carriage return before a line break goes. */
export function visible(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(invisible, (found) => `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The same on one line. */
export function oneLine(text: string): string {
  return visible(text).replace(/\s+/g, ' ').trim();
}
