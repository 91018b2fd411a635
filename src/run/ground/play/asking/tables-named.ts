import type { SchemaTable } from '../../../../model/evidence/run.ts';
import type { Lab } from '../interpreter.ts';

// Which table a field or a segment of a path means, by its name.

/** `product_id`, `productId`, `orderId` -> the table of that name; else the only one whose name ends in it (`holdingId`: `crypto_holdings`). */
export function tableNamed(lab: Lab, name: string): SchemaTable | undefined {
  const stem = /^(.+?)_?id$/i.exec(name.replace(/([a-z])([A-Z])/g, '$1_$2'))?.[1]?.toLowerCase();
  if (!stem) return undefined;
  const exact = lab.tables.all.find((table) => matches(table, stem));
  const ending = exact ? [] : lab.tables.all.filter((table) => endsIn(table, stem));
  return exact ?? (ending.length === 1 ? ending[0] : undefined);
}

/** `fromSkillId`, `assigneeUserId` -> the table that its last word before `Id` names; what another service calls its own is not ours. */
export function tableOfLastWord(lab: Lab, name: string): SchemaTable | undefined {
  const words =
    /^(.+)_id$/i
      .exec(name.replace(/([a-z])([A-Z])/g, '$1_$2'))?.[1]
      ?.toLowerCase()
      .split('_') ?? [];
  const last = words.length > 1 && words.every((word) => !services.test(word)) ? words.at(-1) : undefined;
  return last === undefined ? undefined : lab.tables.all.find((table) => matches(table, last));
}

const services = /^(stripe|paypal|google|github|apple|facebook|provider|external|remote|clerk|auth0|plaid|twilio|square)$/;

/** `POST /api/orders` -> the orders table. */
export function tableOfPath(lab: Lab, path: string): SchemaTable | undefined {
  const last = path.split('/').findLast((segment) => segment !== '');
  return last === undefined || last.startsWith(':')
    ? undefined
    : lab.tables.all.find((table) => matches(table, last.toLowerCase().replaceAll('-', '_')));
}

/** `/orders/:id/items` -> the orders table for `:id`; else the only one whose name ends in it (`/applications/:id`: `loan_applications`). */
export function tableBefore(lab: Lab, path: string, parameter: string): SchemaTable | undefined {
  const segments = path.split('/').filter(Boolean);
  const at = segments.findIndex((segment) => segment === `:${parameter}` || segment.startsWith(`:${parameter}(`));
  for (const segment of segments.slice(0, Math.max(at, 0)).toReversed()) {
    const word = segment.toLowerCase().replaceAll('-', '_');
    if (segment.startsWith(':')) continue;
    const ending = lab.tables.all.filter((one) => endsIn(one, word));
    const table = lab.tables.all.find((one) => matches(one, word)) ?? (ending.length === 1 ? ending[0] : undefined);
    if (table) return table;
  }
  return undefined;
}

function matches(table: SchemaTable, word: string): boolean {
  return singular(bareName(table)) === singular(word);
}

function endsIn(table: SchemaTable, word: string): boolean {
  return singular(bareName(table)).endsWith(`_${singular(word)}`);
}

function bareName(table: SchemaTable): string {
  return table.name.slice(table.name.indexOf('.') + 1).toLowerCase();
}

function singular(text: string): string {
  return text
    .replace(/ies$/, 'y')
    .replace(/(ss|sh|ch|x)es$/, '$1')
    .replace(/([^s])s$/, '$1');
}
