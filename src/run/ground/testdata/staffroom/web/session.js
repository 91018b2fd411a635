import { createContext, useContext } from 'react';

export const SessionContext = createContext({ user: null, token: null });
export const useSession = () => useContext(SessionContext);

export async function request(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${localStorage.getItem('token')}` },
    body: body ? JSON.stringify(body) : undefined,
  });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.status === 204 ? null : answer.json();
}
