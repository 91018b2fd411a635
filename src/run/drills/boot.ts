import type { EvidenceValue } from '../../model/evidence/index.ts';
import { defineDrill } from './context.ts';

/** Throws where statements cannot be seen: an experiment on them would find nothing wrong for want of seeing. */
export function requireStatements({ oracle }: EvidenceValue<'boot'>): void {
  if (oracle.kind === 'sqlite')
    throw new Error(`the application's database is a file, its statements cannot be seen or made to fail: ${oracle.detail}`);
  if (oracle.kind === 'responses') throw new Error(`the application's statements cannot be seen: ${oracle.detail}`);
}

/** Starts the application under the seal. */
export default defineDrill({
  name: 'boot',
  needs: [],
  uses: ['schema'],
  yields: 'boot',
  async run(_given, { ground, booted }) {
    const result = await booted();
    return { value: { ...result, seal: ground.seal.level, sealNotes: [...ground.seal.notes] } };
  },
});
