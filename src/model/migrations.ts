import type { Migration } from './evidence/supply.ts';

/** The folder of the migrations that one belongs to; Prisma keeps each in a folder of its own. */
export function folderOf({ file, tool }: Migration): string {
  return (
    file
      .split('/')
      .slice(0, tool === 'prisma' ? -2 : -1)
      .join('/') || '.'
  );
}
