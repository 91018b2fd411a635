/** Splits a text/event-stream into events as they come; each is its block of lines, without comments. */
export function eventSplitter(found: (event: string) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    rest = (rest + chunk).replace(/\r\n?/g, '\n').slice(-longest);
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const lines = block.split('\n').filter((line) => line !== '' && !line.startsWith(':'));
      if (lines.length > 0) found(lines.join('\n'));
    }
  };
}

/** What never comes to the end of an event is forgotten from its beginning. */
const longest = 256 * 1024;

/** Whether an answer of this content type is one that goes on until somebody hangs up. */
export function goesOn(contentType: string | undefined): boolean {
  return /^\s*(text\/event-stream|multipart\/x-mixed-replace)/i.test(contentType ?? '');
}
