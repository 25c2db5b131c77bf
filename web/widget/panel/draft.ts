/** The unsent text: survives a closed panel, and a reload for somebody who has written before. */
export class Draft {
  readonly #key: string;
  readonly #mayStore: () => boolean;
  #text: string | null = null;

  constructor(baseUrl: string, mayStore: () => boolean) {
    this.#key = `sapa-draft:${baseUrl}`;
    this.#mayStore = mayStore;
  }

  read(): string {
    try {
      this.#text ??= sessionStorage.getItem(this.#key);
    } catch {
      // No storage, no draft.
    }
    return this.#text ?? "";
  }

  write(text: string): void {
    this.#text = text;
    if (!this.#mayStore()) return;
    try {
      if (text) sessionStorage.setItem(this.#key, text);
      else sessionStorage.removeItem(this.#key);
    } catch {
      // As above.
    }
  }
}
