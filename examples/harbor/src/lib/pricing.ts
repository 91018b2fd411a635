export interface CartItem {
  productId: number;
  quantity: number;
  price: number;
}

/** Adds up the cart. */
export function cartTotal(items: CartItem[]): number {
  let total = 0;
  for (const item of items) {
    total += item.price * item.quantity;
  }
  return total;
}

/** Turns a name into a slug for the public catalogue. */
export function slugify(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
