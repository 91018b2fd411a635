import type { Found } from '../samples.ts';
import { bodyOf, fieldsOf, isRecord, linesIn, records, sampleFrom, textOr } from './values.ts';

const most = { requests: 2_000, depth: 20, variable: 2_000 };

type Variables = ReadonlyMap<string, string>;

/** The requests of a Postman collection (format 2), with the variables that it sets itself filled in. */
export function samplesOfPostman(file: string, text: string): Found[] {
  const root: unknown = JSON.parse(text);
  if (!isRecord(root)) return [];
  const found: Found[] = [];
  const lineOf = linesIn(text);
  const pending = [{ item: root, depth: 0, variables: new Map<string, string>() as Variables }];
  for (let at = pending.pop(); at !== undefined && found.length < most.requests; at = pending.pop()) {
    const { item, depth } = at;
    const variables = variablesOf(item['variable'], at.variables);
    if (Array.isArray(item['item'])) {
      if (depth < most.depth)
        for (const one of records(item['item']).toReversed()) pending.push({ item: one, depth: depth + 1, variables });
      continue;
    }
    const sample = requestOf({ file, lineOf }, item, variables);
    if (sample !== null) found.push(sample);
  }
  return found;
}

function requestOf(
  { file, lineOf }: { readonly file: string; readonly lineOf: (needle: string) => number },
  item: Record<string, unknown>,
  variables: Variables,
): Found | null {
  const { request } = item;
  const url = isRecord(request) ? request['url'] : request;
  const raw = isRecord(url) ? textOr(url['raw'], pathOf(url['path'])) : textOr(url, '');
  if (raw === '') return null;
  // What a search field switches off stays in no raw address of Postman's own, but may in generated ones.
  const address = filled(raw, variables);
  const body = isRecord(request) && isRecord(request['body']) ? request['body'] : {};
  const type = records(isRecord(request) ? request['header'] : null).find(({ key }) => /^content-type$/i.test(textOr(key, '')));
  const fields = (list: unknown): [string, unknown][] =>
    records(list)
      .filter(({ disabled }) => disabled !== true)
      .map(({ key, value }) => [textOr(key, ''), typeof value === 'string' ? filled(value, variables) : value]);
  const sent =
    body['mode'] === 'urlencoded'
      ? { body: fieldsOf(fields(body['urlencoded'])), encoding: 'form' as const }
      : body['mode'] === 'formdata'
        ? { body: fieldsOf(fields(body['formdata'])), encoding: 'multipart' as const }
        : bodyOf(filled(textOr(body['raw'], ''), variables), textOr(type?.['value'], ''));
  const codes = records(item['response']).map(({ code }) => code);
  const status = codes.find((code): code is number => typeof code === 'number' && Number.isInteger(code));
  const method = isRecord(request) ? textOr(request['method'], 'GET') : 'GET';
  return sampleFrom({ file, source: 'postman' }, lineOf(JSON.stringify(raw)), method, address, {
    ...sent,
    status: codes.length === 1 ? (status ?? null) : null,
  });
}

function pathOf(path: unknown): string {
  return Array.isArray(path) ? `/${path.filter((one) => typeof one === 'string').join('/')}` : textOr(path, '');
}

function variablesOf(list: unknown, outer: Variables): Variables {
  const own = records(list).flatMap(({ key, value }): [string, string][] =>
    typeof key === 'string' && (typeof value === 'string' || typeof value === 'number') && value !== ''
      ? [[key, String(value).slice(0, most.variable)]]
      : [],
  );
  return own.length === 0 ? outer : new Map([...outer, ...own]);
}

/** A text with its variables filled in, once: what they hold is not looked into again, so they cannot grow. */
function filled(text: string, variables: Variables): string {
  return text.slice(0, 1_000_000).replace(/\{\{([^{}]{1,100})\}\}/g, (whole, name: string) => variables.get(name.trim()) ?? whole);
}
