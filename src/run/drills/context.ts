import { defineDrillIn } from '../../model/producer.ts';
import type { StageMemory } from '../../model/unfinished.ts';
import { memoryOf, remember } from '../ground/play/asking/memory.ts';
import type { Booted, Ground } from '../ground/types.ts';
import type { Stage } from '../ground/play/scene.ts';
import type { Budget } from './budget.ts';

/** Which part of the application a drill is to look at; everything when absent. */
export interface Focus {
  readonly endpoints?: readonly string[];
  readonly actors?: readonly string[];
}

/** What drills experiment with. The application is started once, the stage set once, by whichever drill needs them first. */
export interface RunContext {
  readonly ground: Ground;
  readonly seed: string;
  readonly focus: Focus;
  readonly budget: Budget;
  readonly booted: () => Promise<Booted>;
  readonly stage: (make: (ground: Ground) => Promise<Stage>) => Promise<Stage>;
  /** What the stage has learned so far; null while there is none. */
  readonly memory: () => Promise<StageMemory | null>;
  readonly progress: (detail: string) => void;
}

export const defineDrill = defineDrillIn<RunContext>();

/** What a run is made of, before anything of it is started. */
export interface RunParts extends Pick<RunContext, 'ground' | 'seed' | 'focus' | 'budget' | 'progress'> {
  /** What the stage of an interrupted run had learned. */
  readonly learned: StageMemory | null;
}

/** A context over a ground, with nothing started yet. */
export function runContext({ learned, ...parts }: RunParts): RunContext {
  let booting: Promise<Booted> | undefined;
  let staging: Promise<Stage> | undefined;
  const setUp = async (make: (ground: Ground) => Promise<Stage>): Promise<Stage> => {
    const stage = await make(parts.ground);
    if (learned) remember(stage.synthesis, learned);
    return stage;
  };
  return {
    ...parts,
    booted: () => (booting ??= parts.ground.boot()),
    stage: (make) => (staging ??= setUp(make)),
    memory: async () => (staging ? memoryOf((await staging).synthesis) : null),
  };
}
