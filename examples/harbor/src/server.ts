import 'dotenv/config';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type NextFunction, type Request, type Response } from 'express';
import cors from 'cors';
import { authenticate } from './middleware/auth.js';
import authRouter from './routes/auth.js';
import publicRouter from './routes/public.js';
import webhooksRouter from './routes/webhooks.js';
import productsRouter from './routes/products.js';
import ordersRouter from './routes/orders.js';
import exportsRouter from './routes/exports.js';
import adminRouter from './routes/admin.js';
import workspaceRouter from './routes/workspace.js';

const app = express();
const here = path.dirname(fileURLToPath(import.meta.url));

app.use(cors({ origin: true, credentials: true }));
app.use(express.json({ limit: '50mb' }));
app.use(express.static(path.join(here, '..', 'public')));

app.use((req: Request, _res: Response, next: NextFunction) => {
  console.log(`${req.method} ${req.url}`);
  next();
});

// Public routes
app.get('/api/health', (_req: Request, res: Response) => {
  res.json({ status: 'ok', uptime: process.uptime() });
});
app.use('/api/auth', authRouter);
app.use('/api/public', publicRouter);
app.use('/api/webhooks', webhooksRouter);

// Protected routes
app.use('/api/products', authenticate, productsRouter);
app.use('/api/orders', authenticate, ordersRouter);
app.use('/api/exports', exportsRouter);
app.use('/api/admin', adminRouter);
app.use('/api', workspaceRouter);

// Error handler
app.use((err: any, _req: Request, res: Response, _next: NextFunction) => {
  console.error(err);
  res.status(err.status || 500).json({ error: err.message, stack: err.stack });
});

const port = process.env.PORT || 3000;
app.listen(port, () => {
  console.log(`🚢 Harbor is running on http://localhost:${port}`);
});
