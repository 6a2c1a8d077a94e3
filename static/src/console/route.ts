import { type ReadonlySignal, signal } from "@preact/signals";

/** A place in the console. */
export type Route =
  | { name: "active" }
  | { name: "history" }
  | { name: "lead"; lead: string }
  | { name: "session"; session: string; lead: string };

/** Reads a location's hash. What is unknown leads to Active customers. */
export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [name, id] = path.split("/").map(decode);
  if (name === "history") return { name };
  if (name === "lead" && id) return { name, lead: id };
  if (name === "session" && id) {
    return { name, session: id, lead: new URLSearchParams(query).get("lead") ?? "" };
  }
  return { name: "active" };
}

/** Writes a route as the href of a link. */
export function hrefOf(route: Route): string {
  switch (route.name) {
    case "active":
    case "history":
      return `#/${route.name}`;
    case "lead":
      return `#/lead/${encodeURIComponent(route.lead)}`;
    case "session": {
      const query = route.lead ? `?${new URLSearchParams({ lead: route.lead })}` : "";
      return `#/session/${encodeURIComponent(route.session)}${query}`;
    }
  }
}

/** The console's place, kept in the location's hash. */
export class Router {
  readonly route: ReadonlySignal<Route>;
  #route;
  #window: Window;

  constructor(window: Window) {
    this.#window = window;
    this.#route = signal(parseRoute(window.location.hash));
    this.route = this.#route;
    window.addEventListener("hashchange", this.#read);
  }

  /** Goes to a place; `replace` leaves no way back to the present one. */
  go(route: Route, replace = false): void {
    const href = hrefOf(route);
    if (replace) {
      this.#window.history.replaceState(null, "", href);
      this.#read();
    } else {
      this.#window.location.hash = href;
    }
  }

  close(): void {
    this.#window.removeEventListener("hashchange", this.#read);
  }

  #read = (): void => {
    this.#route.value = parseRoute(this.#window.location.hash);
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
