/**
 * Measures the detectors of secrets on the published cases of secretlint, which are no part of this repository (docs/secret-classes.md has the classes):
 *
 *   node bench/labelled-secrets.ts DIR            DIR is `packages/@secretlint` of a checkout
 *
 * Prints found / labelled for each rule: as published, and with the characters after the provider's mark drawn anew where the case holds a value that
 * says of itself that it is none (`sk_live_AAAA…`), which tells a detector that is missing from a value that is left out on purpose.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { secretsIn } from '../src/read/secrets/search.ts';

const rules =
  '1password anthropic aws basicauth cloudflare database-connection-string databricks docker figma gcp github gitlab grafana groq hashicorp-vault huggingface linear notion npm openai privatekey sendgrid shopify slack stripe tailscale vercel'.split(
    ' ',
  );
/** What a case of such a rule labels that is no secret, or no text. */
const other = /Account ID|p12/i;
const mark = /^(?:tskey-[a-z]+-|[a-z]+:\/\/\w+:|(?:[a-z]+[-_]){1,3})/;

const [dir = '.'] = process.argv.slice(2);
const sum = { published: 0, drawn: 0, of: 0 };
for (const rule of rules) {
  const cases = join(dir, `secretlint-rule-${rule}`, 'test', 'snapshots');
  if (!existsSync(cases)) continue;
  let [published, drawn, of] = [0, 0, 0];
  for (const name of readdirSync(cases)) {
    const files = readdirSync(join(cases, name));
    const [input, output] = ['input', 'output'].map((part) => files.find((file) => file.startsWith(part)));
    if (input === undefined || output === undefined || other.test(name)) continue;
    const { messages = [] } = JSON.parse(readFileSync(join(cases, name, output), 'utf8')) as { messages?: { range: [number, number] }[] };
    const [first] = messages;
    if (first === undefined) continue;
    of++;
    const text = readFileSync(join(cases, name, input), 'utf8');
    const told = await isTold(input, text);
    if (told) published++;
    const [from, to] = first.range;
    if (told || (await isTold(input, text.slice(0, from) + redrawn(text.slice(from, to)) + text.slice(to)))) drawn++;
    if (!told) console.log(`left out as published: ${rule} ${name}`);
  }
  console.log(`${rule.padEnd(28)} ${published}/${of} as published, ${drawn}/${of} with the value drawn anew`);
  sum.published += published;
  sum.drawn += drawn;
  sum.of += of;
}
console.log(`all ${sum.published}/${sum.of} as published, ${sum.drawn}/${sum.of} with the value drawn anew`);
process.exit();

async function isTold(path: string, text: string): Promise<boolean> {
  const found = await secretsIn(path, Buffer.from(text), null);
  return (found?.secrets.length ?? 0) > 0;
}

/** The same shape: letters become other letters and digits other digits, behind the mark that says whose it is. */
function redrawn(value: string): string {
  const [head = ''] = mark.exec(value) ?? [];
  const [body, tail = ''] = value.slice(head.length).split(/(?=@)/);
  const bytes = createHash('sha512').update(value).digest();
  let at = 0;
  const next = (from: number, many: number) => String.fromCharCode(from + ((bytes[at++ % bytes.length] ?? 0) % many));
  const drawn = (body ?? '').replaceAll(/[a-zA-Z0-9]/g, (one) =>
    /\d/.test(one) ? next(48, 10) : /[a-z]/.test(one) ? next(97, 26) : next(65, 26),
  );
  return head + drawn + tail.replace(/example\.com/, 'acme-mail.io');
}
