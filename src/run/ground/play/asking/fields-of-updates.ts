import { jsonAt, play } from '../interpreter.ts';
import type { Player } from '../people/players.ts';
import { addField } from './learning.ts';
import { tableBefore } from './tables-named.ts';
import { knowledgeOf, requestFor } from './synthesis.ts';
import type { Route, Synthesis } from './synthesis.ts';

const prose = /name|title|description|bio|note/i;

/**
 * What reading a path gives is what updating it takes: later attempts send it back, and fields that the code does not name come from it. Where
 * nothing reads the path, they come from the table of its last parameter.
 */
export async function fieldsOfUpdates(synthesis: Synthesis, routes: readonly Route[], owner: Player): Promise<void> {
  for (const route of routes.filter(({ method }) => ['PUT', 'PATCH'].includes(method))) {
    const known = knowledgeOf(synthesis, route);
    const fields = route.inputs.filter((field) => field.in === 'body');
    const unknown = fields.length === 0 && [...known.extra.values()].every((field) => field.in !== 'body');
    const answer = await answerAt(synthesis, routes, route, owner);
    for (const field of fields) {
      const value = Object.entries(answer).find(([name]) => plain(name) === plain(field.name))?.[1];
      if (value !== undefined && value !== null && typeof value !== 'object') known.answers.set(`body:${field.name}`, value);
    }
    const text = Object.entries(answer).find(([name, value]) => typeof value === 'string' && prose.test(name))?.[0];
    const name = text ?? textOfTable(synthesis, route);
    if (unknown && name !== undefined) addField(known, name);
  }
}

/** What the owner reads at the path that the route updates; empty when nothing. */
async function answerAt(synthesis: Synthesis, routes: readonly Route[], route: Route, owner: Player): Promise<object> {
  const read = routes.find((one) => one.method === 'GET' && one.path === route.path);
  if (!read) return {};
  const { lab } = synthesis;
  const played = await play(lab, requestFor(synthesis, read, owner, owner, 0).step);
  await lab.ground.undo(played.changes);
  const answer = jsonAt(played.exchange.response?.body ?? '', '');
  return answer === null || typeof answer !== 'object' || Array.isArray(answer) ? {} : answer;
}

/** A free text of the table that the last parameter of the path picks a row of. Only where the path ends in it: the rest are commands. */
function textOfTable({ lab }: Synthesis, { path }: Route): string | undefined {
  const parameter = /:(\w+)$/.exec(path)?.[1];
  const table = parameter === undefined ? undefined : tableBefore(lab, path, parameter);
  return table?.columns.find(({ name, type, values }) => prose.test(name) && /^(text|character varying)/i.test(type) && values.length === 0)
    ?.name;
}

function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}
