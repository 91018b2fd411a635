import { useEffect, useState } from 'react';
import { request, useSession } from './session';

export function Posts() {
  const { user } = useSession();
  const [posts, setPosts] = useState([]);
  const [title, setTitle] = useState('');
  const isAdmin = user?.role === 'admin';
  useEffect(() => {
    request('GET', '/api/posts').then(setPosts);
    request('GET', '/api/announcements');
  }, []);
  const write = () => request('POST', '/api/posts', { title, body: '' });
  const announce = () => request('POST', '/api/announcements', { text: title });
  const remove = (id) => request('DELETE', `/api/posts/${id}`);
  return (
    <main>
      <input value={title} onChange={(event) => setTitle(event.target.value)} />
      <button onClick={write}>Write</button>
      <button disabled={!isAdmin} onClick={announce}>
        Tell everybody
      </button>
      {posts.map((post) => (
        <article key={post.id}>
          <h2>{post.title}</h2>
          {post.author === user?.name && <button onClick={() => request('PUT', `/api/posts/${post.id}`, { title })}>Change</button>}
          {isAdmin && <button onClick={() => remove(post.id)}>Delete</button>}
        </article>
      ))}
    </main>
  );
}
