const token = () => localStorage.getItem('token');

async function send(method, url, data) {
  const answer = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token()}` },
    body: data ? JSON.stringify(data) : undefined,
  });
  return answer.json();
}

document.querySelector('#book').addEventListener('click', () => {
  const wishes = document.querySelector('#wishes').value;
  send('POST', '/api/berths', { deck: 'orlop', nights: 3, wishes });
});

send('GET', '/api/berths/by/deck').then(console.log);
