import { passwordScheme } from '../ground/play/passwords.ts';
import { sessionPath } from '../ground/play/synthesis.ts';
import type { RequestStep } from '../ground/play/interpreter.ts';
import { stageOf } from './actors.ts';
import { defineDrill } from './context.ts';
import { recorded, scenarioOf } from './proof.ts';

const passwordColumn = /pass|pwd|hash|digest/i;

/** Reads the rows that the sign-ups wrote: what became of a password that we know. */
export default defineDrill({
  name: 'stored-passwords',
  needs: ['boot', 'routes', 'schema', 'ownership', 'actors'],
  uses: ['queries'],
  yields: 'stored-passwords',
  async run(given, context) {
    const stage = await stageOf(given, context);
    const endpoint = stage.cast.signUp;
    const [first, second] = stage.cast.signUps;
    if (!endpoint || !first) throw new Error('no sign-up was seen');
    const password = (actor: string): string => String(stage.lab.players.get(actor)?.values.get('password') ?? '');
    const passwords = first.changes.flatMap((change) => {
      if (change.op !== 'insert' || !change.after) return [];
      return Object.entries(change.after).flatMap(([column, stored]) => {
        if (stored === null || stored.length < 4) return [];
        const form = passwordScheme(stored, password(first.exchange.actor));
        if (form.scheme === 'unknown' && !passwordColumn.test(column)) return [];
        const other = second?.changes.find((one) => one.table === change.table && one.op === 'insert')?.after?.[column] ?? null;
        const step: RequestStep = {
          do: 'request',
          as: 'owner',
          method: first.exchange.request.method,
          path: first.exchange.request.path,
          body: signUpBody(first.sent.body, stage.lab.players.get('owner')?.tag ?? ''),
        };
        const weak = form.scheme === 'plain' || form.scheme === 'fast-hash';
        const scenario = weak
          ? scenarioOf(stage, `stored-password ${change.table}.${column}`, `owner signs up and the stored password is read`, [step], {
              shows: 'stored-password',
              table: change.table,
              column,
              scheme: form.scheme,
            })
          : null;
        return [
          {
            endpoint: endpoint.id,
            table: change.table,
            column,
            scheme: form.scheme,
            detail: form.detail,
            salted:
              other === null || form.scheme === 'plain'
                ? null
                : form.scheme === 'fast-hash'
                  ? /salt beside/.test(form.detail)
                  : other !== stored,
            cost: form.cost,
            proof: scenario
              ? recorded(scenario, `A fresh sign-up stored ${form.detail} in ${change.table}.${column}.`, masked(first, stored))
              : null,
          },
        ];
      });
    });
    return {
      value: { passwords },
      gaps: sessionPath.test(endpoint.path) ? [] : [{ file: null, reason: `the sign-up was taken to be ${endpoint.id}` }],
    };
  },
});

/** The sign-up again, by the same actor under another name: their tag with a suffix wherever it stood. */
function signUpBody(body: string | null, tag: string): RequestStep['body'] {
  const text = (body ?? '{}').replaceAll(tag, '{{me.tag}}again').replace(/Sw-\{\{me\.tag\}\}again-9aQ!/g, '{{me.password}}');
  return JSON.parse(text) as RequestStep['body'];
}

/** The transcript without the stored value. */
function masked<T extends object>(played: T, stored: string): T {
  return JSON.parse(JSON.stringify(played).replaceAll(JSON.stringify(stored).slice(1, -1), `${stored.slice(0, 4)}…`)) as T;
}
