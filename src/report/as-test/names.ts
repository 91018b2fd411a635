/**
 * What templates are called in a test: `owner` stays, `role:member` becomes `member`, `s3.orders.id` becomes `orderId`, answers keep
 * their names. No two share a name, and none is a word of the language.
 */
export function variablesFor(people: readonly string[], values: readonly string[], answers: readonly string[]): Map<string, string> {
  const taken = new Set(reserved);
  const variables = new Map<string, string>();
  const give = (name: string, wish: string): void => {
    if (variables.has(name)) return;
    let word = wish;
    for (let number = 2; taken.has(word); number++) word = `${wish}${number}`;
    taken.add(word);
    variables.set(name, word);
  };
  for (const name of people)
    give(
      name,
      people.includes(name.replace('role:', '')) && name.startsWith('role:')
        ? camel(`${name.slice(5)} member`)
        : camel(name.replace('role:', '')),
    );
  for (const name of values) give(name, wordFor(name, people));
  for (const name of answers) give(name, camel(name.replaceAll('.', ' ')));
  return variables;
}

const reserved = `works changes leaves under same weak moves claim signed encoded decoded forge first found inside quote answer
  test it assert send must query person rows baseUrl databaseUrl process fetch crypto lacking pg postgres await async break
  case catch class const continue def default delete do else enum export extends false finally for from function global if import in
  instanceof interface is lambda let new nonlocal not null or and None True False pass package private protected public raise return
  static super switch this throw true try typeof var void while with yield t os re json urllib expect describe shows holds at
  None print str int list dict id type input hash`.split(/\s+/);

function wordFor(name: string, people: readonly string[]): string {
  const who = people.find((one) => name.startsWith(`${one}.`));
  const rest = (who === undefined ? name.replace(/^s\d+\./, '') : name.slice(who.length + 1)).split('.');
  const column = rest.pop() ?? '';
  const table = singular(rest.join(' '));
  return camel([who?.replace('role:', '') ?? '', table === 'answer' ? '' : table, column].join(' '));
}

function camel(text: string): string {
  const words = text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  const joined = words
    .map((word, index) => (index === 0 ? word.toLowerCase() : `${word.charAt(0).toUpperCase()}${word.slice(1).toLowerCase()}`))
    .join('');
  return /^[a-z]/.test(joined) ? joined : `one${joined}`;
}

function singular(text: string): string {
  return text
    .replace(/ies$/, 'y')
    .replace(/(ss|sh|ch|x)es$/, '$1')
    .replace(/([^s])s$/, '$1');
}
