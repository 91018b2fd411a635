import { play, succeeded } from '../interpreter.ts';
import type { Played } from '../interpreter.ts';
import type { Player } from './players.ts';
import { quote } from '../quote.ts';
import { knowledgeOf, requestFor } from '../asking/synthesis.ts';
import type { Route, Synthesis } from '../asking/synthesis.ts';

const confirming = /verif|confirm|activat/i;
const code = /token|code|otp|key|pin/i;

/**
 * Confirms an address as its owner would: opens the links of the mail that the sign-up sent, or hands its code to an endpoint that
 * confirms. Returns how, or null when no mail came or nothing took it.
 */
export async function confirmByMail(synthesis: Synthesis, routes: readonly Route[], player: Player, since: number): Promise<string | null> {
  const { lab } = synthesis;
  const address = String(player.values.get('email')).toLowerCase();
  const mail = (await lab.ground.mails(since)).findLast((one) => one.to.some((to) => to.toLowerCase() === address));
  if (!mail) return null;
  const links = mail.links.flatMap((link) => (URL.canParse(link) ? [new URL(link)] : []));
  const codes = [...links.flatMap((link) => [...link.searchParams.values(), link.pathname.split('/').at(-1) ?? '']), ...mail.codes].filter(
    (text) => text.length >= 4,
  );
  for (const route of routes.filter((one) => confirming.test(one.path) && one.method !== 'GET')) {
    const known = knowledgeOf(synthesis, route);
    for (const text of codes.slice(0, 4)) {
      for (const field of route.inputs) {
        if (code.test(field.name)) known.values.set(`${field.in}:${field.name}`, text);
        if (/e-?mail/i.test(field.name)) known.values.set(`${field.in}:${field.name}`, '{{me.email}}');
      }
      for (const [, name = ''] of route.path.matchAll(/:(\w+)/g)) known.values.set(`params:${name}`, text);
      const played = await play(lab, requestFor(synthesis, route, player, player, 0).step);
      if (succeeded(played) && played.changes.length > 0) {
        setByHand(synthesis, player, played);
        return `confirmed the address with the code in the mail (${route.id})`;
      }
    }
  }
  for (const link of links.slice(0, 4)) {
    const played = await play(lab, { do: 'request', as: player.name, method: 'GET', path: `${link.pathname}${link.search}` });
    if (succeeded(played) && played.changes.length > 0) {
      setByHand(synthesis, player, played);
      return 'opened the link in the mail that confirms the address';
    }
  }
  return null;
}

/** What the confirmation set on rows of the player's, as statements that set the same: the mail itself is not there again. */
function setByHand({ lab }: Synthesis, player: Player, { changes }: Played): void {
  for (const { table, op, key, before, after } of changes) {
    const bare = table.slice(table.indexOf('.') + 1);
    const own = Object.entries(key).every(([column, value]) => String(player.values.get(`${bare}.${column}`)) === value);
    const set = Object.entries(after ?? {}).filter(([column, value]) => before?.[column] !== value);
    if (op !== 'update' || !own || set.length === 0) continue;
    const types = new Map(lab.tables.byName(table)?.columns.map((column) => [column.name, column.type]));
    const moment = (column: string, value: string | null): boolean => value !== null && /^(timestamp|date)/.test(types.get(column) ?? '');
    const settings = set.map(([column, value]) =>
      moment(column, value) ? `${quote(column)} = CURRENT_TIMESTAMP` : `${quote(column)} = ${literal(value)}`,
    );
    const text = `UPDATE ${quote(table)} SET ${settings.join(', ')} WHERE ${Object.keys(key)
      .map((column, index) => `CAST(${quote(column)} AS text) = $${index + 1}`)
      .join(' AND ')}`;
    player.entries.push({ byHand: { do: 'sql', text, parameters: Object.keys(key).map((column) => `{{me.${bare}.${column}}}`) } });
  }
}

function literal(value: string | null): string {
  return value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`;
}
