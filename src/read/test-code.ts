/** Code that does not run in production: its routes, calls and catches would be noise. */
export function isTestCode(path: string): boolean {
  // Where folders make addresses, one that is called `test` is an address like any other.
  const [, before] =
    /^(.*?)(?:app\/(?:.*\/)?route\.[jt]sx?|pages\/api\/.+|server\/(?:api|routes)\/.+|src\/routes\/(?:.*\/)?\+.+)$/.exec(path) ?? [];
  return (
    /(^|\/)(__tests__|__mocks__|tests?|e2e|cypress|spec|fixtures|\.storybook)\//.test(before ?? path) ||
    /\.(test|spec|stories|e2e)\.[cm]?[jt]sx?$/.test(path) ||
    /(^|\/)(vite|vitest|jest|webpack|rollup|eslint|tailwind|postcss|next|playwright|cypress|drizzle|babel|prettier)\.config\.[cm]?[jt]s$/.test(
      path,
    )
  );
}
