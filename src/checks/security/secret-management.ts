import { application, defineCheck, fail, notApplicable, unknown } from '../../model/check.ts';

const secretName = /SECRET|PASSWORD|TOKEN|API_?KEY|PRIVATE_KEY|DATABASE_URL|ACCESS_KEY|CREDENTIAL/;
/** Packages that fetch secrets from a store. */
const stores =
  /^(@aws-sdk\/client-secrets-manager|@aws-sdk\/client-ssm|@google-cloud\/secret-manager|@azure\/keyvault-secrets|node-vault|@infisical\/sdk|@dopplerhq\/.*|@1password\/sdk|dotenv-vault|@dotenvx\/dotenvx)$/;

export default defineCheck({
  title: 'Secrets have a store, an owner and a rotation date',
  control: 'security/secret-management',
  severity: 'medium',
  cwe: [522, 256],
  standards: ['ASVS v5.0.0-13.3.1', 'ASVS v5.0.0-13.3.4'],
  why: 'A secret that lives in chats and on laptops is known to everyone who ever worked on the application, and nobody dares to change it because nobody knows where it is used.',
  remedy: 'Keep secrets in the store of your platform, name an owner and a day for each, and state that in seaworthy.json.',
  needs: ['secrets', 'environment', 'dependencies'],
  *run({ secrets, environment, dependencies }) {
    const committed = secrets.value.secrets.filter(({ context, tracked }) => context === 'environment-file' && tracked === true);
    const files = [...new Set(committed.map(({ where }) => where.file))];
    const [first] = committed;
    if (first !== undefined)
      yield fail(
        'read',
        application,
        `The repository itself is where secrets are kept: ${files.slice(0, 3).join(', ')} ${files.length === 1 ? 'is' : 'are'} committed with ${committed.length === 1 ? 'a value' : `${committed.length} values`}.`,
        {
          where: first.where,
          impact: 'Everyone with a copy of the code has them, also those who have left.',
          effect: 'repository-as-store',
        },
      );
    const names = [...new Set(environment.value.reads.map(({ name }) => name))].filter((name) => secretName.test(name));
    if (names.length === 0 && committed.length === 0) return yield notApplicable('The code asks for no secret.');
    const store = dependencies.value.units.flatMap(({ declared }) => declared.map(({ name }) => name)).find((name) => stores.test(name));
    if (first === undefined)
      yield unknown(
        'read',
        application,
        `The code asks for ${names.length === 1 ? 'one secret' : `${names.length} secrets`} (${names.slice(0, 4).join(', ')}${names.length > 4 ? ' …' : ''})${store === undefined ? '' : ` and brings \`${store}\``}. Where they are kept, who owns them and when they are replaced stands in no file; somebody has to state it ("attest" in seaworthy.json).`,
      );
  },
});
