const $ = (id) => document.getElementById(id);
let session = null;
let products = [];
let currentOrder = null;

/** Shows rows as list items; everything is set as text, never as HTML. */
function showList(id, rows, toParts) {
  $(id).replaceChildren(
    ...rows.map((row) => {
      const item = document.createElement('li');
      item.append(...toParts(row));
      return item;
    })
  );
}

async function api(path, { method = 'GET', body, once = false } = {}) {
  const headers = {};
  if (body) headers['Content-Type'] = 'application/json';
  if (session) headers.Authorization = `Bearer ${session.token}`;
  if (once) headers['Idempotency-Key'] = crypto.randomUUID();
  const response = await fetch(`/api${path}`, {
    method,
    headers,
    body: body ? JSON.stringify(body) : undefined,
    signal: AbortSignal.timeout(20_000),
  });
  const data = await response.json();
  if (!response.ok) throw new Error(data.error);
  return data;
}

/** Runs an action and shows its message or its error. */
async function attempt(action) {
  try {
    $('message').textContent = (await action()) ?? '';
  } catch (error) {
    $('message').textContent = error.message;
  }
}

function onSubmit(id, handler) {
  $(id).addEventListener('submit', (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    attempt(async () => {
      const message = await handler(Object.fromEntries(new FormData(form)));
      form.reset();
      return message;
    });
  });
}

function onClick(id, handler) {
  $(id).addEventListener('click', () => attempt(handler));
}

async function loadProducts() {
  products = await api('/products');
  showList('products', products, (p) => [`${p.name} ${p.sku ?? ''} · ${p.price} € · ${p.stock} in stock`]);
  $('product-choice').replaceChildren(...products.map((p) => new Option(p.name, p.id)));
}

async function loadOrders() {
  const orders = await api('/orders');
  showList('orders', orders, (o) => {
    const link = document.createElement('a');
    link.href = '#';
    link.dataset.order = o.id;
    link.textContent = `#${o.id} ${o.customer_name}`;
    return [link, ` · ${o.status} · ${o.total} €`];
  });
}

async function loadWallet() {
  const wallet = await api('/wallet');
  $('balance').textContent = `${wallet.balance} €`;
}

async function openOrder(id) {
  const [order, notes] = await Promise.all([api(`/orders/${id}`), api(`/orders/${id}/notes`)]);
  currentOrder = order;
  $('order-detail').hidden = false;
  $('order-title').textContent = `Order #${order.id}`;
  $('summary').textContent = '';
  showList('notes', notes, (n) => [`${n.author_name}: ${n.body}`]);
}

async function loadMembers() {
  const members = await api('/organisation/members');
  showList('members', members, (m) => [`${m.name} (${m.role})`]);
}

async function start(signedIn) {
  session = signedIn;
  const { user } = session;
  $('welcome').hidden = true;
  $('workspace').hidden = false;
  $('logout').hidden = false;
  $('who').textContent = `${user.name} (${user.role})`;
  $('team-section').hidden = user.role !== 'owner';
  await Promise.all([loadProducts(), loadOrders(), loadWallet(), user.role === 'owner' ? loadMembers() : undefined]);
}

onSubmit('login', async (values) => start(await api('/auth/login', { method: 'POST', body: values })));
onSubmit('signup', async (values) => start(await api('/auth/signup', { method: 'POST', body: values })));

onSubmit('reset', async ({ password }) => {
  const token = location.hash.replace('#reset=', '');
  const { message } = await api('/auth/reset-password', { method: 'POST', body: { token, password } });
  history.replaceState(null, '', '/');
  $('reset').hidden = true;
  return message;
});

onClick('forgot', async () => {
  const email = $('login').elements.email.value;
  const { message } = await api('/auth/forgot-password', { method: 'POST', body: { email } });
  return message;
});

// The session lives in this page only, out of reach of other pages and of later visitors.
$('logout').addEventListener('click', () => location.reload());

onSubmit('new-product', async (values) => {
  const body = { ...values, sku: values.sku || null, price: Number(values.price), stock: Number(values.stock) };
  await api('/products', { method: 'POST', body });
  await loadProducts();
});

onSubmit('new-order', async ({ customerName, productId, quantity }) => {
  const items = [{ productId: Number(productId), quantity: Number(quantity) }];
  await api('/orders', { method: 'POST', body: { customerName, items }, once: true });
  await Promise.all([loadOrders(), loadProducts()]);
});

$('orders').addEventListener('click', (event) => {
  const id = event.target.dataset.order;
  if (!id) return;
  event.preventDefault();
  attempt(() => openOrder(id));
});

onSubmit('new-note', async (values) => {
  await api(`/orders/${currentOrder.id}/notes`, { method: 'POST', body: values });
  await openOrder(currentOrder.id);
});

onClick('summarise', async () => {
  const { summary } = await api(`/ai/orders/${currentOrder.id}/summary`, { method: 'POST' });
  $('summary').textContent = summary;
});

onSubmit('ask', async (values) => {
  const { answer, action } = await api('/ai/ask', { method: 'POST', body: values });
  $('answer').textContent = answer;
  const button = $('confirm-action');
  button.hidden = !action;
  if (!action) return;
  button.textContent = `Set order #${action.orderId} to ${action.status}`;
  button.onclick = () =>
    attempt(async () => {
      await api(`/orders/${action.orderId}/status`, { method: 'PATCH', body: { status: action.status } });
      button.hidden = true;
      await loadOrders();
    });
});

onSubmit('deposit', async ({ amount }) => {
  await api('/wallet/deposit', { method: 'POST', body: { amount: Number(amount) }, once: true });
  await loadWallet();
});

onSubmit('search', async ({ q }) => {
  const found = await api(`/search?q=${encodeURIComponent(q)}`);
  showList(
    'results',
    [
      ...found.products.map((p) => `${p.name} · ${p.price} €`),
      ...found.orders.map((o) => `#${o.id} ${o.customer_name} · ${o.status}`),
    ],
    (line) => [line]
  );
});

onSubmit('new-member', async (values) => {
  await api('/organisation/members', { method: 'POST', body: values });
  await loadMembers();
});

if (location.hash.startsWith('#reset=')) $('reset').hidden = false;
