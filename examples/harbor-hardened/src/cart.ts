import { HttpError } from './errors.js';

export interface CartItem {
  productId: number;
  quantity: number;
}

export interface PricedItem extends CartItem {
  priceCents: number;
}

/** Merges items of the same product and orders them by product, so that all orders lock rows in the same order. */
export function mergeItems(items: CartItem[]): CartItem[] {
  const quantities = new Map<number, number>();
  for (const item of items) quantities.set(item.productId, (quantities.get(item.productId) ?? 0) + item.quantity);
  return [...quantities]
    .map(([productId, quantity]) => ({ productId, quantity }))
    .sort((a, b) => a.productId - b.productId);
}

/** Gives every item the price of its product; refuses unknown products (404) and too little stock (409). */
export function priceItems(
  items: CartItem[],
  products: { id: number; price_cents: number; stock: number }[]
): PricedItem[] {
  const byId = new Map(products.map((product) => [product.id, product]));
  return items.map((item) => {
    const product = byId.get(item.productId);
    if (!product) throw new HttpError(404, `Product ${item.productId} not found`);
    if (product.stock < item.quantity) throw new HttpError(409, `Not enough stock for product ${item.productId}`);
    return { ...item, priceCents: product.price_cents };
  });
}

const maxTotalCents = 1_000_000_000_00;

/** The sum of the items in cents; refuses (400) what is larger than a thousand million. */
export function totalCents(items: PricedItem[]): number {
  const total = items.reduce((sum, item) => sum + item.priceCents * item.quantity, 0);
  if (total > maxTotalCents) throw new HttpError(400, 'The order is too large');
  return total;
}
