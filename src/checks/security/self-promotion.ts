import { defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';

export default defineCheck({
  title: 'Nobody can raise their own role',
  control: 'security/property-authorization',
  severity: 'critical',
  cwe: [269, 915],
  standards: ['ASVS v5.0.0-8.2.3', 'API3:2023', 'A01:2025'],
  why: 'Every other guard trusts the role that stands in the account. Whoever can write that one word passes all of them, and no log shows more than a profile that was saved.',
  remedy:
    'Take the role out of every request that is about the own account, and let an endpoint that sets roles refuse the account of the caller and every role above theirs.',
  needs: ['promotions', 'endpoints'],
  uses: ['mass-assignment'],
  *run({ promotions, endpoints, 'mass-assignment': assigned }) {
    const place = (id: string) => endpoints.value.endpoints.find((endpoint) => endpoint.id === id)?.where;
    const own = Map.groupBy(
      promotions.value.trials.filter(({ account }) => account === 'own'),
      (trial) => trial.endpoint,
    );
    const taken = new Map(
      (assigned?.value.endpoints ?? []).flatMap(({ endpoint, taken: fields }) => {
        const role = fields.find(({ protects, self }) => protects === 'role' && self);
        return role ? [[endpoint, role] as const] : [];
      }),
    );
    for (const endpoint of [...new Set([...own.keys(), ...taken.keys()])].toSorted()) {
      const [subject, where] = [endpointSubject(endpoint), place(endpoint)];
      const trials = own.get(endpoint) ?? [];
      const raised = trials.find(({ outcome }) => outcome === 'raised');
      const role = taken.get(endpoint);
      if (raised) {
        yield fail(
          'ran',
          subject,
          `${people(raised.actor)} gave itself the role ${raised.role}, and then did what ${raised.witness} had refused.`,
          {
            impact: `Whoever is ${bare(raised.actor)} can become ${raised.role}, with all that it may do.`,
            where,
            actor: raised.actor,
            effect: 'role',
            ...(raised.proof ? { proof: raised.proof } : {}),
          },
        );
      } else if (role) {
        yield fail(
          'ran',
          subject,
          `${people(role.actor)} wrote "${role.field}" into the own account: ${role.column} became ${role.value}.`,
          {
            impact: `Whoever can send this request can become ${role.value}, with all that it may do.`,
            where,
            actor: role.actor,
            effect: 'role',
            proof: role.proof,
          },
        );
      } else if (trials.some(({ outcome }) => outcome === 'unknown')) {
        const open = trials.find(({ outcome }) => outcome === 'unknown');
        yield unknown('ran', subject, `Tried to raise the own role: ${open?.reason}.`, { where });
      } else yield pass('ran', subject);
    }
    if (own.size + taken.size === 0)
      yield notApplicable('No endpoint was seen to set the role of an account, or no role may do more than another.', 'ran');
  },
});

function bare(actor: string): string {
  return actor.replace(/^role:/, '');
}

function people(actor: string): string {
  if (actor === 'anonymous') return 'Somebody who signs up';
  return actor === 'owner' ? 'A customer' : `An account with the role ${bare(actor)}`;
}
