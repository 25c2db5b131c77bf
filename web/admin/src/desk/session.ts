/** Who is at the desk: by a token handed over in the address, by the one kept for this tab, or by a cookie. */
import { ChatApi, type DemoPerson, readClaims, SapaClient, SapaError, type User } from "../api.ts";

export type SignInProblem = "missing" | "expired" | "forbidden" | "unreachable";

export type SignIn =
  | {
      readonly kind: "in";
      readonly me: User;
      readonly api: ChatApi;
      readonly hasToken: boolean;
      readonly messageChars: number;
    }
  | { readonly kind: "out"; readonly problem: SignInProblem; readonly people: readonly DemoPerson[] };

const KEY = "sapa.admin.token";
const MESSAGE_CHARS = 4_000;

/** Takes `#token=…` out of the address, so that it is neither shared nor kept in the history. */
export function takeToken(
  place: Pick<Location, "hash" | "pathname" | "search">,
  history: Pick<History, "replaceState">,
  storage: Pick<Storage, "setItem" | "getItem">,
): string | null {
  const fragment = new URLSearchParams(place.hash.replace(/^#/, ""));
  const given = fragment.get("token");
  try {
    if (given) storage.setItem(KEY, given);
  } catch {
    // Without storage the token lasts as long as the page.
  }
  if (fragment.has("token")) history.replaceState(null, "", place.pathname + place.search);
  try {
    return given ?? storage.getItem(KEY);
  } catch {
    return given;
  }
}

export function forgetToken(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept then.
  }
}

function keepToken(token: string): void {
  try {
    sessionStorage.setItem(KEY, token);
  } catch {
    // It lasts as long as the page.
  }
}

/** Finds out who is there. Never rejects. */
export async function signIn(token: string | null): Promise<SignIn> {
  const client = new SapaClient({ token });
  const api = new ChatApi(client);
  const config = await client.config().catch(() => null);
  const people = config?.demo.enabled ? await client.demoPeople().catch(() => []) : [];
  const out = (problem: SignInProblem): SignIn => ({ kind: "out", problem, people });
  if (!config) return out("unreachable");
  try {
    const me = await client.me();
    if (me.role !== "ADMIN") return out("forbidden");
    return { kind: "in", me, api, hasToken: token !== null, messageChars: config.limits.messageChars || MESSAGE_CHARS };
  } catch (error) {
    if (!(error instanceof SapaError) || error.isTransient) return out("unreachable");
    if (error.status === 403) return out("forbidden");
    return out(wasSignedIn(token) ? "expired" : "missing");
  }
}

/** A token that names a person was good once. */
function wasSignedIn(token: string | null): boolean {
  return readClaims(token) !== null;
}

/** Development only: the token of one of the demo people, kept for this tab. */
export async function demoToken(person: string): Promise<string> {
  const { token } = await new SapaClient().demoSignIn(person);
  keepToken(token);
  return token;
}
