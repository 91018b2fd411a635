import { describe, expect, it } from 'vitest';
import { app } from './program.testing.ts';

describe('catches', () => {
  const cases: [string, string, string][] = [
    ['empty', 'try { f(); } catch {}', 'empty'],
    ['logged', 'try { f(); } catch (e) { console.error(e); }', 'logged-only'],
    ['rethrown', 'try { f(); } catch (e) { console.error(e); throw e; }', 'rethrown'],
    ['answered with a failure', 'try { f(); } catch (e) { return res.status(500).json({}); }', 'answers-failure'],
    ['answered with success', 'try { f(); } catch (e) { console.log(e); return res.json({ ok: true }); }', 'answers-success'],
    ['answered with an error in the body', 'try { f(); } catch (e) { return res.json({ error: e.message }); }', 'answers-failure'],
    [
      'answered with a page that says so',
      "try { f(); } catch (e) { return res.render('page', { rows: [], error: e.message }); }",
      'answers-failure',
    ],
    ['sent back with an error', "try { f(); } catch (e) { return res.redirect('/x?error=1'); }", 'answers-failure'],
    ['answered with nothing', 'try { f(); } catch (e) { console.log(e); return res.json([]); }', 'returned'],
    ['answered with words of success', "try { f(); } catch (e) { return res.json({ message: 'Order cancelled' }); }", 'answers-success'],
    ['handed on', 'try { f(); } catch (e) { next(e); }', 'answers-failure'],
    ['a value instead', 'await f().catch(() => null);', 'returned'],
    ['nothing instead', 'await f().catch(() => {});', 'empty'],
    ['given to next', 'await f().catch(next);', 'answers-failure'],
  ];
  it.each(cases)('%s', async (_, body, outcome) => {
    const program = await app(`async function f() {} app.get('/x', async (req, res, next) => { ${body} });`);
    expect(program.catches.map((one) => one.outcome)).toEqual([outcome]);
  });
});
