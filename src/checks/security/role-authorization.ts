import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import { leakedBy } from '../../model/leak.ts';

export default defineCheck({
  title: 'No role gets what a confirmed rule, or the application itself elsewhere, keeps from it',
  control: 'security/role-matrix',
  severity: 'high',
  cwe: [862, 285],
  standards: ['ASVS v5.0.0-8.2.1', 'API5:2023', 'A01:2025'],
  why: "Roles are added one endpoint at a time, and the one that was forgotten looks like all the others from outside. Whoever holds the smallest role in a customer's organisation can then do what only its administrators should: see salaries, approve their own expenses, delete what others need.",
  remedy:
    'Put the same role or ownership guard in front of this endpoint as in front of the others of its kind, best once for the whole router.',
  needs: ['endpoints', 'access'],
  uses: ['actors', 'promotions'],
  *run({ endpoints, access, actors, promotions }) {
    const byRole = access.value.cells.filter((cell) => cell.actor.startsWith('role:'));
    // Another customer who needed no id, and whom no other check tells of.
    const keptOut = access.value.cells.filter(
      ({ actor, outcome, rule, byId }) => actor === 'stranger' && outcome === 'leak' && rule?.overrides && !byId,
    );
    if (byRole.length + keptOut.length === 0) {
      const [missing] = (actors?.value.actors ?? []).filter((actor) => actor.part === 'role');
      yield missing
        ? unknown('ran', application, `No role could be tried: ${missing.name} could not be let in (${missing.reason}).`)
        : notApplicable('The application has no role beside that of whoever signs up.', 'ran');
      return;
    }
    let open = 0;
    for (const endpoint of endpoints.value.endpoints) {
      const cells = [...byRole, ...keptOut].filter((cell) => cell.endpoint === endpoint.id);
      // What nothing but the screens forbids is told by the check about screens.
      const leaks = cells.filter((cell) => cell.outcome === 'leak' && !cell.pastScreen?.alone);
      const [first] = leaks;
      const raised = promotions?.value.trials.find(
        (trial) => trial.endpoint === endpoint.id && trial.outcome === 'raised' && trial.account !== 'own',
      );
      if (first) {
        const worst = leaks.find((cell) => cell.proof?.scenario) ?? first;
        const { doing, tables } = leakedBy(worst);
        const roles = leaks.map((cell) => cell.actor.replace(/^role:/, '')).toSorted();
        const whose = worst.rule?.overrides ? 'Whoever it is not meant for' : 'Members of an organisation who may not';
        yield fail('ran', endpointSubject(endpoint.id), `The application lets ${listed(roles)} through here: ${worst.reason}.`, {
          impact: `${whose} can ${doing} ${tables || 'its data'}.`,
          where: endpoint.where,
          actor: worst.actor,
          effect: doing,
          ...(worst.proof ? { proof: worst.proof } : {}),
        });
      } else if (cells.some((cell) => cell.outcome === 'intended' && cell.rule?.overrides))
        yield pass('stated', endpointSubject(endpoint.id));
      else if (raised) {
        const whose = raised.account === 'new' ? 'a new account' : "a colleague's account";
        const message = `${sentence(raised.actor)} made ${whose} ${raised.role} here, and with it did what ${raised.witness} refuses ${whom(raised.actor)}.`;
        yield fail('ran', endpointSubject(endpoint.id), message, {
          impact: `Whatever is kept from ${whom(raised.actor)} can be had by making ${whose} ${raised.role}.`,
          where: endpoint.where,
          actor: raised.actor,
          effect: 'appoints',
          ...(raised.proof ? { proof: raised.proof } : {}),
        });
      } else if (cells.some((cell) => cell.outcome === 'refused')) yield pass('ran', endpointSubject(endpoint.id));
      else if (cells.some((cell) => cell.outcome === 'allowed')) open += 1;
      else if (cells.some((cell) => cell.outcome === 'intended')) yield pass('ran', endpointSubject(endpoint.id));
    }
    if (open === 0) return;
    yield unknown(
      'ran',
      application,
      `${open} endpoints let every role in. Which of them are meant to, only the owner of the application can say.`,
      {
        settle: 'seaworthy access',
      },
    );
  },
});

function whom(actor: string): string {
  return actor === 'owner' ? 'customers' : listed([actor.slice(5)]);
}

function sentence(actor: string): string {
  const name = actor === 'owner' ? 'a customer' : whom(actor);
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}

function listed(roles: readonly string[]): string {
  const shown = roles.slice(0, 4).map((role) => `${/^[aeiou]/i.test(role) ? 'an' : 'a'} ${role}`);
  return roles.length > 4 ? `${shown.join(', ')} and ${roles.length - 4} more roles` : shown.join(', ');
}
