import type { Control } from '../../model/control.ts';

/** A control with the checks that the catalogue plans for it; until all of them exist it cannot pass. */
export interface CatalogueControl extends Control {
  readonly planned: readonly string[];
}
