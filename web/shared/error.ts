/** What an answer other than success becomes: the problem document, typed. */

export type ErrorCode =
  | "invalid_input"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "method_not_allowed"
  | "room_closed"
  | "too_large"
  | "unsupported_media_type"
  | "rate_limited"
  | "unavailable"
  /** No answer: offline, refused, cut. */
  | "network"
  /** No answer in time. */
  | "timeout"
  /** An answer that is no problem document. */
  | "unknown";

export interface SapaErrorInit {
  status: number;
  code: ErrorCode;
  title: string;
  detail?: string | null;
  errors?: Record<string, string[]>;
  retryAfterMs?: number | null;
  cause?: unknown;
}

const TRANSIENT = new Set([0, 408, 425, 429]);

export class SapaError extends Error {
  override readonly name = "SapaError";
  /** The HTTP status, 0 when there was no answer. */
  readonly status: number;
  readonly code: ErrorCode;
  readonly title: string;
  readonly detail: string | null;
  /** Field to reasons, for `invalid_input`. */
  readonly errors: Record<string, string[]>;
  /** What `Retry-After` asked for. */
  readonly retryAfterMs: number | null;

  constructor(init: SapaErrorInit) {
    super(init.detail || init.title, { cause: init.cause });
    this.status = init.status;
    this.code = init.code;
    this.title = init.title;
    this.detail = init.detail ?? null;
    this.errors = init.errors ?? {};
    this.retryAfterMs = init.retryAfterMs ?? null;
  }

  /** Whether the same request may succeed later, unchanged. */
  get isTransient(): boolean {
    return TRANSIENT.has(this.status) || this.status >= 500;
  }
}

/** Milliseconds that a `Retry-After` header asks for: seconds or a date. */
export function retryAfterMs(header: string | null, now = Date.now()): number | null {
  if (!header) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

/** There was no answer. */
export function networkError(cause: unknown): SapaError {
  return new SapaError({ status: 0, code: "network", title: "The server cannot be reached", cause });
}

/** Reads the problem document of an answer; anything else still becomes a `SapaError`. */
export async function errorFrom(response: Response): Promise<SapaError> {
  const problem = await response.json().catch(() => null) as Partial<SapaErrorInit> | null;
  return new SapaError({
    status: response.status,
    code: problem?.code ?? codeOf(response.status),
    title: problem?.title ?? (response.statusText || `HTTP ${response.status}`),
    detail: problem?.detail ?? null,
    errors: problem?.errors ?? {},
    retryAfterMs: retryAfterMs(response.headers.get("Retry-After")),
  });
}

function codeOf(status: number): ErrorCode {
  switch (status) {
    case 401: return "unauthenticated";
    case 403: return "forbidden";
    case 404: return "not_found";
    case 405: return "method_not_allowed";
    case 413: return "too_large";
    case 429: return "rate_limited";
    case 502:
    case 503:
    case 504: return "unavailable";
    default: return "unknown";
  }
}
