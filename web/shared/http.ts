/** One request: the token, the time limit, the retries, the errors. */
import { SapaError, errorFrom, networkError } from "./error.ts";

/** Gives the bearer token; asked again with `refresh: true` after a 401. */
export type TokenSource = (options: { refresh: boolean }) => string | null | Promise<string | null>;

export interface HttpOptions {
  /** Origin of the server, with a path prefix if there is one. Absent: the page's own origin. */
  baseUrl?: string;
  token?: string | null;
  getToken?: TokenSource;
  /** `same-origin` when absent. Use `omit` where only the token counts. */
  credentials?: RequestCredentials;
  /** How often a request that is safe to repeat is repeated by itself; 2 when absent. */
  retries?: number;
  /** 15,000 when absent. */
  timeoutMs?: number;
  fetch?: typeof fetch;
}

export interface CallOptions {
  signal?: AbortSignal;
}

export interface CreateOptions extends CallOptions {
  /** Made when absent, so that a repeat of the same call creates nothing twice. */
  idempotencyKey?: string;
}

export interface RequestInput extends CreateOptions {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  /** A POST that creates carries a key and is repeated safely. */
  creates?: boolean;
}

/** Longest wait that a call sits out by itself; a longer one is the caller's to plan. */
const PATIENCE_MS = 5_000;

export class Http {
  readonly baseUrl: string;
  readonly #options: HttpOptions;
  #token: string | null | undefined;

  constructor(options: HttpOptions) {
    this.baseUrl = (options.baseUrl ?? "").replace(/\/+$/, "");
    this.#options = options;
    this.#token = options.token;
  }

  /** Replaces the token of a signed-in person (`null` signs out). */
  setToken(token: string | null): void {
    this.#token = token;
  }

  async token(refresh = false): Promise<string | null> {
    const { getToken } = this.#options;
    if (getToken && (refresh || this.#token == null)) {
      this.#token = await getToken({ refresh });
    }
    return this.#token ?? null;
  }

  /** Whether a 401 can lead to another token. */
  get canRefresh(): boolean {
    return this.#options.getToken !== undefined;
  }

  url(path: string, query: RequestInput["query"] = {}): string {
    const params = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined && value !== "") params.set(name, String(value));
    }
    const search = params.toString();
    return this.baseUrl + path + (search ? `?${search}` : "");
  }

  /** Sends once, with the token, and says 401 as it is. */
  async raw(url: string, init: RequestInit & { headers?: Record<string, string> }): Promise<Response> {
    const token = await this.token();
    const headers: Record<string, string> = { ...init.headers };
    if (token) headers["Authorization"] = `Bearer ${token}`;
    const send = this.#options.fetch ?? globalThis.fetch.bind(globalThis);
    return send(url, {
      credentials: this.#options.credentials ?? "same-origin",
      cache: "no-store",
      ...init,
      headers,
    });
  }

  async request(input: RequestInput): Promise<Response> {
    const url = this.url(input.path, input.query);
    const key = input.idempotencyKey ?? (input.creates ? newKey() : undefined);
    const repeatable = input.method !== "POST" || key !== undefined;
    const retries = repeatable ? this.#options.retries ?? 2 : 0;
    let refreshed = false;
    for (let attempt = 0; ; attempt++) {
      try {
        const response = await this.#attempt(url, input, key);
        if (response.ok) return response;
        throw await errorFrom(response);
      } catch (error) {
        if (!(error instanceof SapaError)) throw error;
        if (error.status === 401 && !refreshed && this.canRefresh) {
          refreshed = true;
          attempt--;
          if (await this.token(true)) continue;
          throw error;
        }
        const wait = error.retryAfterMs ?? 300 * 2 ** attempt;
        if (!error.isTransient || attempt >= retries || wait > PATIENCE_MS) throw error;
        await sleep(wait, input.signal);
      }
    }
  }

  async #attempt(url: string, input: RequestInput, key: string | undefined): Promise<Response> {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), this.#options.timeoutMs ?? 15_000);
    const stop = () => timeout.abort();
    input.signal?.throwIfAborted();
    input.signal?.addEventListener("abort", stop);
    const headers: Record<string, string> = { Accept: "application/json" };
    if (input.body !== undefined) headers["Content-Type"] = "application/json";
    if (key) headers["Idempotency-Key"] = key;
    try {
      return await this.raw(url, {
        method: input.method,
        headers,
        body: input.body === undefined ? null : JSON.stringify(input.body),
        signal: timeout.signal,
      });
    } catch (cause) {
      input.signal?.throwIfAborted();
      if (!timeout.signal.aborted) throw networkError(cause);
      throw new SapaError({ status: 0, code: "timeout", title: "No answer in time", cause });
    } finally {
      clearTimeout(timer);
      input.signal?.removeEventListener("abort", stop);
    }
  }
}

/** A key for `Idempotency-Key`; works in pages without a secure context too. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Waits, or ends early with the signal's reason. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, ms);
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    function done() {
      signal?.removeEventListener("abort", abort);
      resolve();
    }
    if (signal?.aborted) return abort();
    signal?.addEventListener("abort", abort, { once: true });
  });
}
