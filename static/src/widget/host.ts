import { paletteOf } from "./color";
import { hostStyle } from "./host.style";

/** mirror/attributes.ts has the same name for the capture; a test holds them together. */
export const hostClass = "beside-host";

/** What the loader gives to the parts of the widget that it loads. */
export interface Host {
  /** The site's key. */
  readonly site: string;
  /** Where the widget's server is, with a slash at its end. */
  readonly base: string;
  readonly build: string;
  /** The widget's element, and the shadow root in which everything of it lives. */
  readonly element: HTMLElement;
  readonly root: ShadowRoot;
  /** The name of what the site's tabs share in localStorage. */
  readonly key: string;
  /** Shows or hides the launcher. */
  launcher(shown: boolean): void;
  /** Takes up the site's theme colour; what is no colour gives the default one. */
  color(color: string): void;
  /** Counts what went wrong inside the widget, and says the first of it on the page's console. */
  report(error: unknown): void;
}

export interface HostOptions {
  site: string;
  base: string;
  build: string;
  key: string;
  color: string;
  report(error: unknown): void;
}

export interface Launcher {
  button: HTMLButtonElement;
  /** Says that the widget could not be loaded; empty takes it back. */
  failed(text: string): void;
}

/** Adds the widget's element with its launcher to the page. */
export function createHost(options: HostOptions, label: string): { host: Host; launcher: Launcher } {
  const element = document.createElement("div");
  element.className = hostClass;
  const root = element.attachShadow({ mode: "open" });
  const [style, theme] = [new CSSStyleSheet(), new CSSStyleSheet()];
  style.replaceSync(hostStyle);
  root.adoptedStyleSheets = [style, theme];
  keepKeysInside(root);

  const launcher = createLauncher(label);
  root.append(...launcher.nodes);
  const host: Host = {
    ...options,
    element,
    root,
    launcher(shown) {
      launcher.button.hidden = !shown;
    },
    color(color) {
      const { accent, onAccent, accentOnLight, accentOnDark } = paletteOf(color);
      const shade = onAccent === "#ffffff" ? "#0002" : "#fff4";
      theme.replaceSync(
        `:host{--accent:${accent};--on-accent:${onAccent};--shade:${shade};` +
          `--accent-light:${accentOnLight};--accent-dark:${accentOnDark}}`,
      );
    },
  };
  host.color(options.color);
  document.documentElement.append(element);
  return { host, launcher };
}

/**
 * What is typed into the widget must not work the page's own shortcuts, nor
 * must the page's dialogs fetch the focus back.
 */
function keepKeysInside(root: ShadowRoot): void {
  for (const type of ["keydown", "keypress", "keyup", "input", "paste", "focusin", "focusout"]) {
    root.addEventListener(type, (event) => event.stopPropagation());
  }
}

function createLauncher(label: string): Launcher & { nodes: Node[] } {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "launcher";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "M4 5h16v11H11l-4 4v-4H4z");
  svg.append(path);
  button.append(svg, label);

  const notice = document.createElement("div");
  notice.className = "failed";
  notice.setAttribute("role", "alert");
  notice.hidden = true;
  return {
    nodes: [notice, button],
    button,
    failed(text) {
      notice.hidden = text === "";
      notice.textContent = text;
    },
  };
}
