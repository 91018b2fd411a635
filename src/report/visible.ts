/**
 * Characters of the audited application that a reader would not see but a terminal or browser would obey: control
 * characters, direction overrides, zero-width characters, line separators, tags, lone surrogates.
 */
const invisible =
  // eslint-disable-next-line no-control-regex -- these are what must be found
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

/** Makes them visible as `\u{202e}`; line breaks and tabs stay. A carriage return before a line break goes. */
export function visible(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(invisible, (found) => `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The same on one line. */
export function oneLine(text: string): string {
  return visible(text).replace(/\s+/g, ' ').trim();
}
