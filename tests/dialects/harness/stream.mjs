// A reader of `/api/chat/sse` that keeps every frame.
const PATIENCE = 5_000;

export class Stream {
  constructor(url, token) {
    this.frames = [];
    this.waiting = new Set();
    this.abort = new AbortController();
    this.reading = this.#read(url, token).catch(() => {});
  }

  async #read(url, token) {
    const headers = { authorization: `Bearer ${token}`, accept: "text/event-stream" };
    const answer = await fetch(url, { headers, signal: this.abort.signal });
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of answer.body) {
      text += decoder.decode(chunk, { stream: true });
      let end;
      while ((end = text.indexOf("\n\n")) >= 0) {
        this.#keep(text.slice(0, end));
        text = text.slice(end + 2);
      }
    }
  }

  #keep(block) {
    const data = block.split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice(5)).join("\n");
    if (!data) return;
    this.frames.push({ ...JSON.parse(data), taken: false });
    for (const wake of [...this.waiting]) wake();
  }

  /** Takes the data of the earliest frame of that type that was not taken yet. */
  next(type, suits = () => true, within = PATIENCE) {
    return new Promise((resolve, reject) => {
      const give = () => {
        const found = this.frames.find((frame) => !frame.taken && frame.type === type && suits(frame.data));
        if (!found) return false;
        found.taken = true;
        clearTimeout(timer);
        this.waiting.delete(give);
        resolve(found.data);
        return true;
      };
      const timer = setTimeout(() => {
        this.waiting.delete(give);
        const heard = JSON.stringify(this.frames);
        reject(new Error(`no frame \`${type}\` within ${within} ms; heard: ${heard}`));
      }, within);
      if (!give()) this.waiting.add(give);
    });
  }

  /** The data of all frames of that type, taken or not. */
  all(type) {
    return this.frames.filter((frame) => frame.type === type).map((frame) => frame.data);
  }

  close() {
    this.abort.abort();
  }
}
