import { type ReadonlySignal, signal } from "@preact/signals";
import type { LeadView } from "../../wire/messages";
import { customerName } from "../format";
import { text } from "../text";

/** What a browser offers for desktop notifications. */
export interface NotificationCenter {
  readonly permission: NotificationPermission;
  requestPermission(): Promise<NotificationPermission>;
  show(title: string, options: NotificationOptions, onClick: () => void): void;
}

/** The browser's own notifications; null where it has none. */
export function browserNotifications(window: Window & typeof globalThis): NotificationCenter | null {
  if (!("Notification" in window) || !window.isSecureContext) return null;
  return {
    get permission() {
      return window.Notification.permission;
    },
    requestPermission: () => window.Notification.requestPermission(),
    show(title, options, onClick) {
      const shown = new window.Notification(title, options);
      shown.onclick = () => {
        shown.close();
        window.focus();
        onClick();
      };
    },
  };
}

/** Desktop notifications of new customers, while the console is not in front. */
export class Notices {
  /** "granted", "denied", "default", or "none" where the browser has none. */
  readonly permission: ReadonlySignal<NotificationPermission | "none">;
  #permission;
  #center: NotificationCenter | null;

  constructor(center: NotificationCenter | null) {
    this.#center = center;
    this.#permission = signal<NotificationPermission | "none">(center?.permission ?? "none");
    this.permission = this.#permission;
  }

  /** Asks for permission; only ever from a click. */
  async ask(): Promise<void> {
    if (this.#center) this.#permission.value = await this.#center.requestPermission();
  }

  show(lead: LeadView, onClick: () => void): void {
    if (this.#center?.permission !== "granted") return;
    const body = text.active.arrived(customerName(lead), lead.topic ?? "");
    try {
      this.#center.show(text.active.arrivedTitle, { body, tag: lead.id }, onClick);
    } catch {
      // Some browsers on phones have the interface but forbid its use to pages.
    }
  }
}
