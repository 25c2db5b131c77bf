/** A place where a pane offers what it can do, and where keys and menus find it. */
export class CommandPort<T extends object> {
  private offered: T | null = null;

  /** Offers until the returned function is called. */
  connect(commands: T): () => void {
    this.offered = commands;
    return () => {
      if (this.offered === commands) this.offered = null;
    };
  }

  get now(): T | null {
    return this.offered;
  }
}

export interface ListCommands {
  next(): void;
  previous(): void;
  open(): void;
  focus(): void;
}

export interface ConversationCommands {
  reply(): void;
}

export interface SearchCommands {
  focus(): void;
}
