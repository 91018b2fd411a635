import jwt from 'jsonwebtoken';

const JWT_SECRET = process.env.JWT_SECRET || 'dev-secret';

export function createToken(user: any): string {
  return jwt.sign(
    { id: user.id, organisationId: user.organisation_id, role: user.role, name: user.name },
    JWT_SECRET
  );
}

export function verifyToken(token: string): any {
  return jwt.verify(token, JWT_SECRET);
}
