/** Whether a table only records what happened, or is the machinery's own: no object of anybody's. */
export function isJournal(table: string): boolean {
  return /audit|log(s|_entries)?$|events?$|history|session|token|rate|limit|attempt|idempoten|cache|lock|job|outbox|queue|metric/i.test(
    table,
  );
}
