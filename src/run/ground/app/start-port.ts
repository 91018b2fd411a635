/** Options by which servers are told their port, with or without an address before it. */
const options =
  /(?:^|\s)(?:--port|--listen|--bind|--http-port|-p|-l|-b|-P)(?:[=\s]\s*)["']?(?:tcp:\/\/)?(?:[\w.*[\]:-]*:)?(\d{2,5})(?![\w.])/g;
/** `PORT=4000 node server.js`, also as `export PORT=4000`. */
const assignments = /(?:^|[\s;&])(?:HTTP_|SERVER_|APP_)?PORT=["']?(\d{2,5})\b/g;
/** Servers that take it without an option: `php -S 0.0.0.0:8000`, `manage.py runserver 8000`, `http.server 8000`. */
const bare = /(?:\bphp\s+-S|\brunserver|\bhttp\.server)\s+(?:[\w.*[\]:-]*:)?(\d{2,5})(?!\w)/g;

/** The port that a start command sets by itself, whatever the environment says; null when it follows the environment. */
export function portOfCommand(command: string): number | null {
  // The step that serves comes last: `build && migrate && serve`. What is exported before it holds for it too.
  const last = command.split(/&&|;|\|\|/).at(-1) ?? '';
  const found = [options, bare].flatMap((pattern) => [...last.matchAll(pattern)]).at(-1) ?? [...command.matchAll(assignments)].at(-1);
  const port = Number(found?.[1] ?? 0);
  return port > 0 && port < 65_536 ? port : null;
}
