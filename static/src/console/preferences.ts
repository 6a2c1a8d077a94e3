import { type Signal, signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";

const themes: readonly string[] = ["system", "light", "dark"];
const themeKey = "beside.theme";
const ringKey = "beside.ring";

/** What an agent chose on this machine. Kept in the browser's storage, if it allows. */
export class Preferences {
  readonly theme: Signal<Theme>;
  /** Whether new customers ring. */
  readonly ring: Signal<boolean>;
  #storage: () => Storage;

  /** `storage` may throw, as it does where a browser forbids storage. */
  constructor(storage: () => Storage) {
    this.#storage = storage;
    const theme = this.#read(themeKey);
    this.theme = signal(theme !== null && themes.includes(theme) ? (theme as Theme) : "system");
    this.ring = signal(this.#read(ringKey) !== "off");
  }

  setTheme(theme: Theme): void {
    this.theme.value = theme;
    this.#write(themeKey, theme);
  }

  setRing(on: boolean): void {
    this.ring.value = on;
    this.#write(ringKey, on ? "on" : "off");
  }

  #read(key: string): string | null {
    try {
      return this.#storage().getItem(key);
    } catch {
      return null;
    }
  }

  #write(key: string, value: string): void {
    try {
      this.#storage().setItem(key, value);
    } catch {
      // The choice holds until the page is left.
    }
  }
}
