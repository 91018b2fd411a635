/** For tests: a small server with one endpoint, which puts what it is sent into its statement. */
export const server = `
import express from 'express';
import pg from 'pg';
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
const app = express();
app.get('/orders/:id', async (req, res) => {
  const { rows } = await pool.query('SELECT * FROM orders WHERE id = ' + req.params.id);
  res.json(rows[0]);
});
app.listen(process.env.PORT ?? 3000);
`;
