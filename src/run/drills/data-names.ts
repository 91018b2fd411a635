/** What the names of columns say about the data in them. */

export const credential = /pass(word|wd)?|hash|token|secret|api_?key|salt|private/i;
export const personal =
  /e?mail|phone|mobile|address|street|birth|dob|ssn|tax_?id|passport|iban|account_?n(umber|o)|card|salary|medical|diagnos|prescri|health/i;
export const financial = /balance|salary|amount|total|paid|due/i;
