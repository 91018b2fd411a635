/** A call to another service that failed; `status` is undefined when there was no answer. */
export class OutboundError extends Error {
  constructor(
    readonly service: string,
    readonly status: number | undefined,
    options?: ErrorOptions
  ) {
    super(`${service} ${status === undefined ? 'did not answer' : `answered ${status}`}`, options);
  }
}

/** Calls another service with a time limit and returns its JSON (undefined when the body is empty or not JSON). */
export async function callService(
  service: string,
  url: string,
  request: { headers: Record<string, string>; body: string; timeoutMs: number }
): Promise<unknown> {
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: request.headers,
      body: request.body,
      redirect: 'error',
      signal: AbortSignal.timeout(request.timeoutMs),
    });
    status = response.status;
    text = await response.text();
  } catch (cause) {
    throw new OutboundError(service, undefined, { cause });
  }
  if (status < 200 || status > 299) throw new OutboundError(service, status);
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
