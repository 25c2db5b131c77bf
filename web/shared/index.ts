/** Sapa's client: REST, the live stream, optimistic sending. Needs nothing but a modern browser. */
export * from "./types.ts";
export { SapaClient, type SapaClientOptions } from "./client.ts";
export { SapaError, type ErrorCode } from "./error.ts";
export { newKey, type CallOptions, type CreateOptions, type TokenSource } from "./http.ts";
export type { LiveStream, StreamEvents, StreamState, StreamStatus } from "./live.ts";
export { SapaStream, type SapaStreamOptions } from "./stream.ts";
export { SharedStream, type SharedStreamOptions } from "./shared-stream.ts";
export { Outbox, type OutboxDraft, type OutboxEvents, type OutboxItem, type OutboxOptions, type OutboxSent } from "./outbox.ts";
export { readClaims, type Claims } from "./claims.ts";
export { tokenise, type TextToken } from "./linkify.ts";
