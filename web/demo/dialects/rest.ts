/** REST calls of the dialects that answer in `{success, data}`. */
import { explain, type Failure } from "./connection.ts";

/** What `data` holds; throws an error that can be shown. */
export async function rest<T>(token: string, method: string, path: string): Promise<T> {
  const response = await fetch(path, { method, headers: { Authorization: `Bearer ${token}` } });
  const body = await response.json() as { success: true; data: T } | Failure;
  if (!body.success) throw new Error(explain(body));
  return body.data;
}
