/** The fields of a GraphQL schema that are asked for directly. */
export const operations = ['Query', 'Mutation', 'Subscription'] as const;
export type Operation = (typeof operations)[number];

/** A field of the query, the mutation or the subscription, as the schema declares it. */
export interface SchemaField {
  readonly operation: Operation;
  readonly name: string;
  readonly args: readonly { readonly name: string; readonly type: string; readonly required: boolean }[];
}

const most = { text: 2_000_000, fields: 5_000 };
const scalars: Readonly<Record<string, string>> = { Int: 'integer', Float: 'number', Boolean: 'boolean', String: 'string', ID: 'string' };

/** Reads the fields of the three root types from schema language; what it does not understand is passed over. */
export function fieldsOfSchema(text: string): SchemaField[] {
  const plain = text
    .slice(0, most.text)
    .replaceAll(/"""[\s\S]*?"""/g, '')
    .replaceAll(/"[^"\n]*"/g, '')
    .replaceAll(/#[^\n]*/g, '');
  const found = new Map<string, SchemaField>();
  for (const [, operation, body] of plain.matchAll(/\btype\s+(Query|Mutation|Subscription)\b[^{]*\{([^}]*)\}/g)) {
    const root = operations.find((one) => one === operation);
    if (root === undefined) continue;
    for (const [, name, args] of (body ?? '').matchAll(/(?:^|[\s,])(\w+)\s*(?:\(([^)]*)\))?\s*:\s*\[?\w/g)) {
      if (name === undefined || found.size >= most.fields) continue;
      found.set(`${root}.${name}`, { operation: root, name, args: argumentsIn(args ?? '') });
    }
  }
  return [...found.values()];
}

function argumentsIn(text: string): SchemaField['args'] {
  return [...text.matchAll(/(\w+)\s*:\s*(\[)?\s*(\w+)[\]!\s]*?(!)?\s*(=[^,\n]*)?(?=[,\s]|$)/g)].map(
    ([whole, name = '', list, type = '', , fallback]) => ({
      name,
      type: list === undefined ? (scalars[type] ?? 'object') : 'array',
      required: /!\s*$/.test(whole) && fallback === undefined,
    }),
  );
}
