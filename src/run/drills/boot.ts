import { defineDrill } from './context.ts';

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
