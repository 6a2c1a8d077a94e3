/** Joins items that come close together: the first goes out at once, what follows within `wait` ms together. */
export class Batch<T> {
  readonly #send: (items: T[]) => void;
  readonly #wait: number;
  readonly #channel = new MessageChannel();
  #items: T[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #posted = false;

  constructor(send: (items: T[]) => void, wait: number) {
    this.#send = send;
    this.#wait = wait;
    // A message is a task of its own: it comes after the handlers that run now, and no idle tab delays it.
    this.#channel.port1.onmessage = () => {
      this.#posted = false;
      this.flush();
    };
  }

  /** The item added last and not sent yet. */
  get last(): T | undefined {
    return this.#items.at(-1);
  }

  add(item: T): void {
    this.#items.push(item);
    if (this.#timer !== undefined || this.#posted) return;
    this.#posted = true;
    this.#channel.port2.postMessage(0);
  }

  replaceLast(item: T): void {
    this.#items[this.#items.length - 1] = item;
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#items.length) return;
    const items = this.#items;
    this.#items = [];
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.flush();
    }, this.#wait);
    this.#send(items);
  }

  drop(): void {
    this.#items = [];
  }

  close(): void {
    this.drop();
    clearTimeout(this.#timer);
    this.#channel.port1.close();
  }
}
