/** The API as this page calls it: JSON with a bearer token; a failure is an `ApiError` made from its problem document. */

export class ApiError extends Error {
  /** `status` is 0 when nothing answered. */
  constructor(status, problem = {}, retryAfter = null) {
    super(problem.detail ?? problem.title ?? "");
    this.status = status;
    this.code = problem.code ?? null;
    this.fields = problem.errors ?? {};
    this.retryAfter = retryAfter;
  }

  /** Whether the call may have been carried out although its answer says otherwise or never came. */
  get isUncertain() {
    return this.status === 0 || this.status >= 500;
  }
}

/** Calls the API and returns the body of its answer, `null` if it has none. */
export async function call(method, path, { token, body, key } = {}) {
  const headers = {};
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  const request = { method, headers, body: JSON.stringify(body), cache: "no-store", credentials: "omit" };
  const response = await fetch(path, request).catch(() => {
    throw new ApiError(0);
  });
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(response.status, answer ?? {}, response.headers.get("Retry-After"));
  return answer;
}

/** A fresh `Idempotency-Key`; `crypto.randomUUID` would be missing on a plain-http address in the local network. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
