import type { Trigger } from '../../model/words.ts';
import { controls } from './controls/index.ts';
import { modelControls, triggerPolicies } from './triggers.ts';
import type { CatalogueControl } from './types.ts';

export { controls, modelControls, triggerPolicies };
export type { CatalogueControl };

export interface BlockingSet {
  readonly blocks: readonly string[];
  /** Controls that a named person's word may meet. */
  readonly stated: readonly string[];
}

/** Everything that must hold before a trigger, with what it extends and, where models are called, the model controls. */
export function blockingSet(trigger: Trigger, modelCalls: boolean): BlockingSet {
  const policy = triggerPolicies[trigger];
  const base: BlockingSet = policy.extends ? blockingSet(policy.extends, false) : { blocks: [], stated: [] };
  const blocks = new Set([...base.blocks, ...policy.blocks, ...(modelCalls ? modelControls : [])]);
  const stated = new Set([...base.stated, ...policy.stated].filter((id) => !blocks.has(id)));
  return { blocks: [...blocks], stated: [...stated] };
}
