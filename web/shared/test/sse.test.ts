import { describe, expect, it } from "vitest";
import { SseParser, type ServerSentEvent } from "../sse.ts";

function parse(...chunks: (string | Uint8Array)[]) {
  const events: ServerSentEvent[] = [];
  const retries: number[] = [];
  const parser = new SseParser({ onEvent: (event) => events.push(event), onRetry: (ms) => retries.push(ms) });
  for (const chunk of chunks) parser.push(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk);
  return { events, retries };
}

describe("the event-stream format", () => {
  it("reads id, event and data, and joins several data lines", () => {
    const { events } = parse("id: 4\nevent: message\ndata: a\ndata: b\n\n");
    expect(events).toEqual([{ id: "4", event: "message", data: "a\nb" }]);
  });

  it("takes LF, CR and CRLF, also split between two chunks", () => {
    expect(parse("data: a\r", "\ndata: b\r\r", "\n", "data: c\r\n\r\n").events.map((each) => each.data))
      .toEqual(["a\nb", "c"]);
  });

  it("survives a cut anywhere, inside a letter too", () => {
    const bytes = new TextEncoder().encode("retry: 2500\n\nid: 9\ndata: 👍 halo\n\n:hb\n\ndata: x\n\n");
    for (let cut = 0; cut <= bytes.length; cut++) {
      const { events, retries } = parse(bytes.slice(0, cut), bytes.slice(cut));
      expect(retries).toEqual([2500]);
      expect(events).toEqual([{ id: "9", event: "message", data: "👍 halo" }, { id: null, event: "message", data: "x" }]);
    }
  });

  it("drops comments, unknown fields, a retry that is no number, an id with NUL and an unfinished block", () => {
    const { events, retries } = parse(": hi\nfoo: bar\nretry: soon\nid: a\0b\ndata: kept\n\nid: 7\ndata: lost\n");
    expect(events).toEqual([{ id: null, event: "message", data: "kept" }]);
    expect(retries).toEqual([]);
  });

  it("takes one space after the colon away, not two", () => {
    expect(parse("data:  x\n\n").events[0]?.data).toBe(" x");
  });
});
