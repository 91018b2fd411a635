import { fileURLToPath } from 'node:url';
import cors from 'cors';
import express from 'express';
import helmet from 'helmet';
import { errorHandler, HttpError } from './errors.js';
import { alive, ready } from './health.js';
import { log } from './log.js';
import { metrics } from './metrics.js';
import { authenticate } from './middleware/auth.js';
import { requestLog } from './middleware/request-log.js';
import adminRouter from './routes/admin.js';
import authRouter from './routes/auth.js';
import exportsRouter from './routes/exports.js';
import ordersRouter from './routes/orders.js';
import productsRouter from './routes/products.js';
import publicRouter from './routes/public.js';
import webhooksRouter from './routes/webhooks.js';
import workspaceRouter from './routes/workspace.js';
import { settings } from './settings.js';

export const app = express();

app.set('trust proxy', settings.TRUST_PROXY_HOPS);
app.set('query parser', 'simple');
app.use(requestLog);
app.use(
  helmet({
    contentSecurityPolicy: {
      directives: settings.NODE_ENV === 'production' ? {} : { 'upgrade-insecure-requests': null },
    },
  })
);
app.use(cors({ origin: settings.CORS_ORIGINS, exposedHeaders: ['X-Request-Id'], maxAge: 600 }));

app.get('/healthz', alive);
app.get('/readyz', ready);
app.get('/metrics', metrics);

// The webhook needs the bytes that were signed, so it comes before the JSON parser.
app.use('/api/webhooks', express.raw({ type: '*/*', limit: '100kb' }), webhooksRouter);

app.use(express.json({ limit: '100kb' }));
app.get('/api/health', ready);
app.use('/api/auth', authRouter);
app.use('/api/public', publicRouter);
app.use('/api/products', authenticate, productsRouter);
app.use('/api/orders', authenticate, ordersRouter);
app.use('/api/exports', authenticate, exportsRouter);
app.use('/api/admin', authenticate, adminRouter);
app.use('/api', workspaceRouter);

app.use(express.static(fileURLToPath(new URL('../public', import.meta.url)), { maxAge: '5m' }));
app.use(() => {
  throw new HttpError(404, 'Not found');
});
app.use(errorHandler(log));
