import { describe, expect, it } from 'vitest';
import { otherPlaces, placedAs } from './sessions.ts';

const fresh = { authorization: 'Bearer new' };

describe('a renewed session', () => {
  it('goes where the one before was accepted, whichever place that was', () => {
    for (const before of [{ authorization: 'Bearer old' }, ...otherPlaces({ authorization: 'Bearer old' })]) {
      const expected = JSON.parse(JSON.stringify(before).replaceAll('old', 'new')) as object;
      expect(placedAs(before, fresh)).toEqual(expected);
    }
  });

  it('stays as it was given where the one before was of another kind', () => {
    expect(placedAs({ cookie: 'sid=old' }, { cookie: 'sid=new' })).toEqual({ cookie: 'sid=new' });
    expect(placedAs({ 'x-session': 'old' }, fresh)).toEqual(fresh);
  });
});
