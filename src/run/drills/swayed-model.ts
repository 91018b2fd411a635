import type { ModelAnswer, WorldRule } from '../../model/world-rule.ts';
import { withRows } from '../ground/play/asking/synthesis.ts';
import type { Played } from '../ground/play/interpreter.ts';
import type { Json, Player } from '../ground/play/people/players.ts';
import type { Stage } from '../ground/play/scene.ts';

/** Answers that are tried for one endpoint. */
const most = 3;
const longest = 60_000;

/**
 * What the model behind a request is made to answer, with the owner's rows in the places of ids: whoever writes into a prompt can bring a
 * model to say it. None where the sender's words did not reach the model, or where nothing in its answer would name a row.
 */
export function swayedAnswers(stage: Stage, sender: Player, owner: Player, { outbound }: Played): WorldRule[] {
  const asked = outbound.findLast(({ prompt }) => prompt !== null);
  if (!asked?.prompt) return [];
  const text = [asked.prompt.system, ...asked.prompt.messages.map((message) => message.text)].join('\n').slice(0, longest);
  if (!text.includes(sender.tag)) return [];
  const form = answerForm(text);
  const answers: ModelAnswer[][] = [];
  const filled = form === null ? null : withRows(stage.synthesis, owner, form);
  if (filled !== null && namesRow(filled)) answers.push([{ text: asText(stage, filled) }]);
  for (const tool of toolsIn(asked.body)) {
    const given = withRows(stage.synthesis, owner, tool.arguments);
    // The application comes back with what the tool gave, and is told that this was all.
    if (namesRow(given)) answers.push([{ tools: [{ name: tool.name, arguments: given }] }, { text: 'Done.' }]);
  }
  return answers.slice(0, most).map((said) => ({ match: { kind: 'model' }, does: { do: 'say', answers: said } }));
}

function namesRow(value: Json): boolean {
  return JSON.stringify(value).includes('{{');
}

/** JSON with its templates: a number stands without quotes. */
function asText({ lab }: Stage, value: Json): string {
  return JSON.stringify(value).replaceAll(/"(\{\{([^{}]+)\}\})"/g, (whole, hole: string, name: string) =>
    typeof lab.saved.get(name) === 'number' ? hole : whole,
  );
}

/**
 * The JSON in which a prompt asks for the answer: its first object outside of lists (those hold data), with objects that the prompt shows
 * for single keys in their places: `{"answer": "...", "action": null}` and further down `"action": {"orderId": 1}`.
 */
export function answerForm(prompt: string): Record<string, Json> | null {
  const [first, ...others] = objectsIn(prompt);
  if (!first) return null;
  const form = { ...first.value };
  for (const { at, value } of others) {
    const [, key] = /"(\w+)"\s*:\s*$/.exec(prompt.slice(Math.max(0, at - 80), at)) ?? [];
    if (key !== undefined && (form[key] ?? null) === null) form[key] = value;
  }
  return form;
}

/** Objects of JSON in a text, outermost ones that stand in no list. */
function objectsIn(text: string): { at: number; value: Record<string, Json> }[] {
  const found: { at: number; value: Record<string, Json> }[] = [];
  let lists = 0;
  for (let at = 0; at < text.length && found.length < 20; at++) {
    const letter = text[at];
    if (letter === '[') lists++;
    else if (letter === ']') lists = Math.max(0, lists - 1);
    else if (letter === '{' && lists === 0) {
      const end = endOf(text, at);
      const value = end === null ? null : parsed(text.slice(at, end));
      if (end === null || value === null) continue;
      if (Object.keys(value).length > 0) found.push({ at, value });
      at = end - 1;
    }
  }
  return found;
}

/** Where the object ends that begins there; null when it does not end nearby. */
function endOf(text: string, from: number): number | null {
  let depth = 0;
  let quoted = false;
  for (let at = from; at < Math.min(text.length, from + 4_000); at++) {
    const letter = text[at];
    if (letter === '\\') at++;
    else if (letter === '"') quoted = !quoted;
    else if (!quoted && letter === '{') depth++;
    else if (!quoted && letter === '}' && --depth === 0) return at + 1;
  }
  return null;
}

function parsed(text: string): Record<string, Json> | null {
  try {
    return JSON.parse(text) as Record<string, Json>;
  } catch {
    return null;
  }
}

interface Tool {
  readonly name: string;
  readonly arguments: Json;
}

/** The tools that a request offers to a model, with arguments that fit their schemas: as OpenAI and as Anthropic write them. */
function toolsIn(body: string): Tool[] {
  const { tools } = (parsed(body) ?? {}) as { tools?: unknown };
  if (!Array.isArray(tools)) return [];
  return tools.slice(0, most).flatMap((one: unknown): Tool[] => {
    const outer = (one ?? {}) as Record<string, Json>;
    const tool = (outer['function'] ?? outer) as Record<string, Json>;
    const schema = tool['parameters'] ?? tool['input_schema'] ?? null;
    return typeof tool['name'] === 'string' ? [{ name: tool['name'], arguments: exampleOf(schema, 0) }] : [];
  });
}

/** A value that fits a JSON Schema. */
function exampleOf(schema: Json, depth: number): Json {
  if (schema === null || typeof schema !== 'object' || Array.isArray(schema) || depth > 4) return null;
  const { type, properties, items } = schema;
  const [first] = Array.isArray(schema['enum']) ? schema['enum'] : [];
  if (first !== undefined) return first;
  if (properties !== undefined && properties !== null && typeof properties === 'object' && !Array.isArray(properties))
    return Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, exampleOf(inner, depth + 1)]));
  if (type === 'array') return [exampleOf(items ?? null, depth + 1)];
  if (type === 'integer' || type === 'number') return 1;
  if (type === 'boolean') return true;
  return type === 'object' ? {} : 'text';
}
