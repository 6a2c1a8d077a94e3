/** What a slot needs of Storage. */
export type Area = Pick<Storage, "getItem" | "setItem">;

/**
 * One JSON value under one name in a browser's storage. Where storage is
 * blocked, full, or holds nonsense, the slot works on for as long as the page
 * lives.
 */
export class Slot<T> {
  #area: () => Area;
  #key: string;
  #parse: (value: unknown) => T;
  /** The value as JSON once storage has failed; undefined while it works. */
  #kept: string | null | undefined;

  /** `area` may throw; `parse` gets whatever is stored, null for nothing, and makes a value of it. */
  constructor(area: () => Area, key: string, parse: (value: unknown) => T) {
    this.#area = area;
    this.#key = key;
    this.#parse = parse;
  }

  get(): T {
    try {
      return this.#parse(JSON.parse(this.#read() ?? "null"));
    } catch {
      return this.#parse(null);
    }
  }

  set(value: T): void {
    const json = JSON.stringify(value);
    try {
      if (this.#kept !== undefined) this.#kept = json;
      this.#area().setItem(this.#key, json);
    } catch {
      this.#kept = json;
    }
  }

  #read(): string | null {
    if (this.#kept !== undefined) return this.#kept;
    try {
      return this.#area().getItem(this.#key);
    } catch {
      return null;
    }
  }
}

/** Whether a parsed value is an object whose properties can be looked at. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
