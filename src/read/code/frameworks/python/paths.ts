/** A path below another, as it is written: whether it ends with a slash matters to these frameworks. */
export function below(prefix: string, path: string): string {
  if (path === '') return prefix;
  return `${prefix}/${path}`.replace(/\/{2,}/g, '/');
}
