import { defineDrillIn } from '../../model/producer.ts';
import type { BootResult, Ground } from '../ground/types.ts';
import type { Stage } from '../ground/play/scene.ts';

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
  readonly booted: () => Promise<BootResult>;
  readonly stage: (make: (ground: Ground) => Promise<Stage>) => Promise<Stage>;
  readonly progress: (detail: string) => void;
}

export const defineDrill = defineDrillIn<RunContext>();

/** A context over a ground, with nothing started yet. */
export function runContext(ground: Ground, seed: string, focus: Focus, progress: (detail: string) => void): RunContext {
  let booting: Promise<BootResult> | undefined;
  let staging: Promise<Stage> | undefined;
  return {
    ground,
    seed,
    focus,
    progress,
    booted: () => (booting ??= ground.boot()),
    stage: (make) => (staging ??= make(ground)),
  };
}
