import { z } from 'zod';
import { place } from '../words.ts';

/** Evidence kinds about what the screens show to whom. */

/** The gap of screens that lead too far; nothing is said of them then. */
export const tooFar = 'the screens lead further than is followed; what they keep from whom is not known';

/** A condition about who is looking, as the code has it, and the component in which it stands. */
const condition = z.strictObject({ where: place, text: z.string(), component: z.string() });

const offer = z.strictObject({
  /** The call in the code of the screens. */
  where: place,
  /** The component that makes or offers it; empty outside of components. */
  component: z.string(),
  /** What has to hold on the way to it. */
  conditions: z.array(condition),
});

/** Requests that the application's own screens make or offer, and to whom: what is not certainly kept from a viewer counts as shown. */
export const screens = z.strictObject({
  /** Files from which the screens start. */
  roots: z.array(z.string()),
  /** Roles that the screens compare the viewer's role with. */
  roles: z.array(z.string()),
  /** Yes-or-no properties of the viewer (`isAdmin`) that they ask for, as the roles that they stand for. */
  flags: z.array(z.string()),
  offers: z.array(
    offer.extend({
      method: z.string(),
      path: z.string(),
      /** Null where no endpoint takes it for sure. */
      endpoint: z.strictObject({ unit: z.string(), id: z.string() }).nullable(),
      /** Of the roles and flags, those whose viewers have it. */
      shownTo: z.array(z.string()),
      /** Signed-in viewers with none of them have it. */
      others: z.boolean(),
      anonymous: z.boolean(),
    }),
  ),
  /** Requests in code that no screen was seen to reach: who is shown them is not known. */
  loose: z.array(z.strictObject({ method: z.string(), path: z.string(), where: place })),
  /** Paths that the screens of viewers without a role hand around; what is done with them is not followed. */
  addresses: z.array(z.string()),
});
export type Screens = z.infer<typeof screens>;

/** Endpoints that the screens offer to viewers of certain roles only. */
export const screenLimits = z.strictObject({
  /** All roles and flags that screens ask for. */
  roles: z.array(z.string()),
  flags: z.array(z.string()),
  limits: z.array(
    z.strictObject({
      endpoint: z.string(),
      shownTo: z.array(z.string()),
      /** Signed-in viewers whose role no screen names have it, too. */
      others: z.boolean(),
      offers: z.array(offer),
    }),
  ),
});
export type ScreenLimits = z.infer<typeof screenLimits>;
