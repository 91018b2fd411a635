import { Router } from 'express';
import { authenticate } from '../middleware/auth.js';
import aiRouter from './ai.js';
import invoicesRouter from './invoices.js';
import meRouter from './me.js';
import organisationRouter from './organisation.js';
import searchRouter from './search.js';
import walletRouter from './wallet.js';

const router = Router();

// Everything below needs a signed-in user.
router.use(authenticate);

router.use('/me', meRouter);
router.use('/organisation', organisationRouter);
router.use('/wallet', walletRouter);
router.use('/invoices', invoicesRouter);
router.use('/search', searchRouter);
router.use('/ai', aiRouter);

export default router;
