import Fastify from 'fastify';
import { callerOf, dropped, logIn, noteFor, notesOf, people, signUp, written } from './store.js';

const app = Fastify();
app.decorateRequest('user', null);
app.decorate('authenticate', async (request, reply) => {
  request.user = await callerOf(request.headers.authorization);
  if (!request.user) return reply.code(401).send({ error: 'Sign in first' });
});
app.decorate('admin', async (request, reply) => {
  if (request.user.role !== 'admin') return reply.code(403).send({ error: 'For administrators' });
});

const account = {
  type: 'object',
  required: ['email', 'password'],
  properties: { email: { type: 'string', format: 'email' }, password: { type: 'string', minLength: 10 } },
};

app.register(
  async (api) => {
    api.post('/register', { schema: { body: account } }, async (request, reply) =>
      reply.code(201).send(await signUp(request.body.email, request.body.password)),
    );
    api.post('/login', { schema: { body: account } }, async (request, reply) => {
      const session = await logIn(request.body.email, request.body.password);
      return session ?? reply.code(401).send({ error: 'Wrong password' });
    });
    api.get('/users', { onRequest: [app.authenticate, app.admin] }, async () => people());
    api.register(
      async (notes) => {
        notes.addHook('onRequest', app.authenticate);
        const note = { type: 'object', required: ['title', 'body'], properties: { title: { type: 'string', maxLength: 60 }, body: { type: 'string' } } };
        notes.get('/', async (request) => notesOf(request.user.id));
        notes.post('/', { schema: { body: note } }, async (request, reply) =>
          reply.code(201).send(await written(request.user.id, request.body.title, request.body.body)),
        );
        notes.get('/:id', async (request, reply) => {
          const found = await noteFor(Number(request.params.id), request.user.id);
          return found ?? reply.code(404).send({ error: 'No such note' });
        });
        notes.delete('/:id', async (request, reply) => {
          const gone = await dropped(Number(request.params.id), request.user.id);
          return gone.length > 0 ? reply.code(204).send() : reply.code(404).send({ error: 'No such note' });
        });
      },
      { prefix: '/notes' },
    );
  },
  { prefix: '/api' },
);

await app.listen({ port: Number(process.env.PORT ?? 3000), host: '0.0.0.0' });
