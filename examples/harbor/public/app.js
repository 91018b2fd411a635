const $ = (id) => document.getElementById(id);
let products = [];
let currentOrder = null;

async function api(path, options = {}) {
  const response = await fetch(`/api${path}`, {
    method: options.method || 'GET',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${localStorage.getItem('token')}`,
    },
    body: options.body ? JSON.stringify(options.body) : undefined,
  });
  const data = await response.json();
  if (!response.ok) {
    $('message').innerHTML = data.error;
    throw new Error(data.error);
  }
  $('message').innerHTML = '';
  return data;
}

function onSubmit(id, handler) {
  $(id).addEventListener('submit', async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(event.target));
    await handler(values);
    event.target.reset();
  });
}

function signedIn({ token, user }) {
  localStorage.setItem('token', token);
  localStorage.setItem('user', JSON.stringify(user));
  start();
}

async function loadProducts() {
  products = await api('/products');
  $('products').innerHTML = products
    .map((p) => `<li><b>${p.name}</b> ${p.sku || ''} · ${p.price} € · ${p.stock} in stock</li>`)
    .join('');
  $('product-choice').innerHTML = products.map((p) => `<option value="${p.id}">${p.name}</option>`).join('');
}

async function loadOrders() {
  const orders = await api('/orders');
  $('orders').innerHTML = orders
    .map((o) => `<li><a href="#" data-order="${o.id}">#${o.id} ${o.customer_name}</a> · ${o.status} · ${o.total} €</li>`)
    .join('');
}

async function loadWallet() {
  const wallet = await api('/wallet');
  $('balance').textContent = `${wallet.balance} €`;
}

async function openOrder(id) {
  currentOrder = await api(`/orders/${id}`);
  $('order-detail').hidden = false;
  $('order-title').textContent = `Order #${currentOrder.id}`;
  $('summary').textContent = '';
  const notes = await api(`/orders/${id}/notes`);
  $('notes').innerHTML = notes.map((n) => `<li><b>${n.author_name}</b>: ${n.body}</li>`).join('');
}

async function loadMembers() {
  const members = await api('/organisation/members');
  $('members').innerHTML = members.map((m) => `<li>${m.name} (${m.role})</li>`).join('');
}

async function start() {
  const user = JSON.parse(localStorage.getItem('user') || 'null');
  $('welcome').hidden = Boolean(user);
  $('workspace').hidden = !user;
  $('logout').hidden = !user;
  $('who').textContent = user ? `${user.name} (${user.role})` : '';
  if (!user) return;
  await Promise.all([loadProducts(), loadOrders(), loadWallet()]);
  $('team-section').hidden = user.role !== 'owner';
  if (user.role === 'owner') await loadMembers();
}

onSubmit('login', async (values) => signedIn(await api('/auth/login', { method: 'POST', body: values })));
onSubmit('signup', async (values) => signedIn(await api('/auth/signup', { method: 'POST', body: values })));

onSubmit('reset', async (values) => {
  const token = new URLSearchParams(location.search).get('reset');
  await api('/auth/reset-password', { method: 'POST', body: { token, password: values.password } });
  location.href = '/';
});

$('forgot').addEventListener('click', async () => {
  const email = $('login').elements.email.value;
  const answer = await api('/auth/forgot-password', { method: 'POST', body: { email } });
  $('message').textContent = answer.message;
});

$('logout').addEventListener('click', () => {
  localStorage.clear();
  location.reload();
});

onSubmit('new-product', async (values) => {
  await api('/products', {
    method: 'POST',
    body: { ...values, price: Number(values.price), stock: Number(values.stock) },
  });
  await loadProducts();
});

onSubmit('new-order', async (values) => {
  const product = products.find((p) => p.id === Number(values.productId));
  const items = [{ productId: product.id, quantity: Number(values.quantity), price: product.price }];
  await api('/orders', { method: 'POST', body: { customerName: values.customerName, items } });
  await Promise.all([loadOrders(), loadProducts()]);
});

$('orders').addEventListener('click', async (event) => {
  const id = event.target.dataset.order;
  if (!id) return;
  event.preventDefault();
  await openOrder(id);
});

onSubmit('new-note', async (values) => {
  await api(`/orders/${currentOrder.id}/notes`, { method: 'POST', body: values });
  await openOrder(currentOrder.id);
});

$('summarise').addEventListener('click', async () => {
  const { summary } = await api(`/ai/orders/${currentOrder.id}/summary`, { method: 'POST' });
  $('summary').innerHTML = summary;
});

onSubmit('ask', async (values) => {
  const { answer } = await api('/ai/ask', { method: 'POST', body: values });
  $('answer').innerHTML = answer;
  await loadOrders();
});

onSubmit('deposit', async (values) => {
  await api('/wallet/deposit', { method: 'POST', body: { amount: Number(values.amount) } });
  await loadWallet();
});

onSubmit('search', async (values) => {
  const found = await api(`/search?q=${encodeURIComponent(values.q)}`);
  $('results').innerHTML = [
    ...found.products.map((p) => `<li>${p.name} · ${p.price} €</li>`),
    ...found.orders.map((o) => `<li>#${o.id} ${o.customer_name} · ${o.status}</li>`),
  ].join('');
});

onSubmit('new-member', async (values) => {
  await api('/organisation/members', { method: 'POST', body: values });
  await loadMembers();
});

if (new URLSearchParams(location.search).has('reset')) {
  $('reset').hidden = false;
}

start();
