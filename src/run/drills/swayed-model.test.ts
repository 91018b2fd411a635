import { expect, it } from 'vitest';
import { answerForm } from './swayed-model.ts';

it.each([
  [
    'a form and the objects of its keys',
    'Answer as JSON {"answer": "...", "action": null}.\nUse "action": {"orderId": 1, "status": "shipped"}.',
    { answer: '...', action: { orderId: 1, status: 'shipped' } },
  ],
  ['data in lists, which is no form', 'Orders: [{"id": 7, "total": 3}]\nQuestion: which?', null],
  ['data behind the form', '{"reply": ""} is the form. Orders: [{"id": 7}]', { reply: '' }],
  ['braces in texts', 'Say {"a": "}{", "b": {"c": 1}} please', { a: '}{', b: { c: 1 } }],
  ['what is no JSON', 'function f() { return 1; }', null],
  ['what never ends', `{"a": ${'['.repeat(9)}`, null],
  ['a key that has a value already', '{"action": "none"} and "action": {"id": 1}', { action: 'none' }],
])('%s', (_, prompt, expected) => expect(answerForm(prompt)).toEqual(expected));
