import { useEffect, useState } from 'react';
import { request } from './session';

export function Members() {
  const [members, setMembers] = useState([]);
  const [me, setMe] = useState(null);
  useEffect(() => {
    request('GET', '/api/admin/members').then(setMembers);
    request('GET', '/api/me').then(setMe);
  }, []);
  return (
    <ul>
      {members.map((member) => (
        <li key={member.id}>
          {member.name} {member.role === 'admin' && <b>runs the place</b>} {member.id === me?.id && <i>that is you</i>}
        </li>
      ))}
    </ul>
  );
}
