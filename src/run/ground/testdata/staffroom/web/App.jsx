import { useEffect, useState } from 'react';
import { BrowserRouter, Navigate, Outlet, Route, Routes } from 'react-router-dom';
import { Members } from './Members';
import { Posts } from './Posts';
import { request, SessionContext, useSession } from './session';

function RequireRole({ role }) {
  const { user } = useSession();
  if (!user) return <Navigate to="/login" />;
  return user.role === role ? <Outlet /> : <Navigate to="/" />;
}

export function App() {
  const [user, setUser] = useState(null);
  useEffect(() => {
    request('GET', '/api/me').then(setUser);
  }, []);
  return (
    <SessionContext.Provider value={{ user }}>
      <BrowserRouter>
        <Routes>
          <Route path="/" element={<Posts />} />
          <Route element={<RequireRole role="admin" />}>
            <Route path="/members" element={<Members />} />
          </Route>
        </Routes>
      </BrowserRouter>
    </SessionContext.Provider>
  );
}
