import type { EvidenceValue, Kind, Present } from './evidence/index.ts';
import type { EvidenceClass, Gap } from './words.ts';

/** What a producer or check is handed: all it needs, and of what it only uses that which is there. */
export type Given<N extends Kind, U extends Kind> = { readonly [K in N]: Present<K> } & { readonly [K in U]?: Present<K> };

/** What a producer returns: the value and what it could not see. */
export interface Yielded<K extends Kind> {
  readonly value: EvidenceValue<K>;
  readonly gaps?: readonly Gap[];
}

/**
 * The one shape of collectors (context: the tree), drills (context: the ground), statements (context: the configuration)
 * and derivations (no context).
 * The engine orders producers by `needs` and `uses` and refuses a cycle; a throw becomes *absent with a reason*.
 */
export interface Producer<Context = never, Y extends Kind = Kind> {
  readonly name: string;
  readonly class: EvidenceClass;
  readonly needs: readonly Kind[];
  readonly uses: readonly Kind[];
  readonly yields: Y;
  readonly run: (given: Given<Kind, Kind>, context: Context) => Promise<Yielded<Y>> | Yielded<Y>;
}

/** What `define` takes: a producer before it is told its class. */
export interface Spec<N extends Kind, U extends Kind, Y extends Kind, Context> {
  readonly name: string;
  readonly needs: readonly N[];
  readonly uses?: readonly U[];
  readonly yields: Y;
  readonly run: (given: Given<N, U>, context: Context) => Promise<Yielded<Y>> | Yielded<Y>;
}

function define<Context>(evidenceClass: EvidenceClass) {
  return <Y extends Kind, N extends Kind = never, U extends Kind = never>(spec: Spec<N, U, Y, Context>): Producer<Context, Y> => ({
    name: spec.name,
    class: evidenceClass,
    needs: spec.needs,
    uses: spec.uses ?? [],
    yields: spec.yields,
    // The engine hands over exactly `needs` and `uses`, which is what Given<N, U> says.
    run: spec.run,
  });
}

/** Makes the `define` function for collectors that read through a context of type `Context`. */
export const defineCollectorIn = <Context>() => define<Context>('read');
/** Makes the `define` function for drills that experiment through a context of type `Context`. */
export const defineDrillIn = <Context>() => define<Context>('ran');
/** Makes the `define` function for what named people state, through a context of type `Context`. */
export const defineStatementIn = <Context>() => define<Context>('stated');
/** A derivation computes evidence from evidence and touches nothing else. */
export const defineDerivation = define<undefined>('read');
