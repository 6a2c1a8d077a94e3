import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import { Link } from "../link/link";
import { Socket } from "../link/socket";
import { inflate } from "../wire/inflate";
import type { Failure, LeadView } from "../wire/messages";
import { Account } from "./account";
import { Api } from "./api";
import { Clock } from "./clock";
import { Bell } from "./desk/bell";
import { Desk } from "./desk/desk";
import { browserNotifications, Notices } from "./desk/notices";
import { customerName, Dates } from "./format";
import { Preferences } from "./preferences";
import { Router } from "./route";
import { SessionModel } from "./session/model";
import { Sessions } from "./session/sessions";
import { text } from "./text";
import { Toasts } from "./ui/toasts";

const windowKey = "beside.window";

/** Everything that an agent's browser window holds, made once and passed down to the components. */
export class Workplace {
  readonly clock = new Clock();
  readonly dates = new Dates();
  readonly toasts = new Toasts();
  readonly preferences: Preferences;
  readonly api: Api;
  readonly account: Account;
  readonly router: Router;
  readonly desk: Desk;
  readonly bell: Bell;
  readonly notices: Notices;
  readonly sessions: Sessions;
  /** The server runs another build than the one that this page came from. */
  readonly outdated: ReadonlySignal<boolean>;
  /** Why the server refuses the desk's socket; null while it does not. */
  readonly deskRefused: ReadonlySignal<Failure | null>;
  #outdated = signal(false);
  #deskRefused = signal<Failure | null>(null);
  #build = "";
  #name = randomName();
  #window: Window & typeof globalThis;
  #socketURL: string;
  #stops: (() => void)[] = [];

  constructor(window: Window & typeof globalThis) {
    this.#window = window;
    this.#socketURL = `${window.location.protocol === "https:" ? "wss:" : "ws:"}//${window.location.host}/ws`;
    this.outdated = this.#outdated;
    this.deskRefused = this.#deskRefused;
    this.preferences = new Preferences(() => window.localStorage);
    this.api = new Api({
      fetch: window.fetch.bind(window),
      onUnauthorized: () => this.account.expire(),
    });
    this.account = new Account(this.api);
    this.router = new Router(window);
    this.bell = new Bell(() => new window.AudioContext());
    this.notices = new Notices(browserNotifications(window));
    this.desk = this.#makeDesk();
    this.sessions = new Sessions({
      create: (session, lead) => this.#makeSession(session, lead),
      onOver: (session) => this.#sayOver(session),
    });
  }

  start(): void {
    this.clock.start();
    const unlock = () => this.bell.unlock();
    for (const event of ["pointerdown", "keydown"] as const) {
      this.#window.addEventListener(event, unlock);
      this.#stops.push(() => this.#window.removeEventListener(event, unlock));
    }
    const user = computed(() => this.account.me?.id ?? "");
    this.#stops.push(effect(() => this.#enter(user.value)));
    this.#stops.push(effect(() => this.#applyTheme()));
    void this.account.load();
  }

  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.sessions.leaveAll();
    this.desk.close();
    this.clock.stop();
    this.bell.close();
    this.router.close();
  }

  reload(): void {
    this.#window.location.reload();
  }

  /** A user has logged in, or out when the id is empty. */
  #enter(user: string): void {
    untracked(() => {
      this.#deskRefused.value = null;
      if (user) return this.desk.open(user);
      this.sessions.leaveAll();
      this.desk.close();
      this.toasts.clear();
    });
  }

  #applyTheme(): void {
    const theme = this.preferences.theme.value;
    const root = this.#window.document.documentElement;
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
  }

  #makeDesk(): Desk {
    return new Desk({
      socket: (handlers) => new Socket({ url: this.#socketURL, ...handlers }),
      onMe: (me) => this.account.update(me),
      onNewcomers: (leads) => this.#announce(leads),
      onBuild: (build) => this.#compareBuild(build),
      onRefused: (failure) => {
        if (failure.code === "unauthorized") this.account.expire();
        else this.#deskRefused.value = failure;
      },
    });
  }

  #makeSession(session: string, lead: string): SessionModel {
    return new SessionModel({
      id: session,
      lead,
      window: this.#windowName(),
      link: (handlers) => new Link({ url: this.#socketURL, inflate, ...handlers }),
      api: this.api,
      findLead: (id) => this.desk.find(id),
      onBuild: (build) => this.#compareBuild(build),
      onUnauthorized: () => this.account.expire(),
    });
  }

  #compareBuild(build: string): void {
    this.#build ||= build;
    this.#outdated.value = build !== this.#build;
  }

  #announce(leads: readonly LeadView[]): void {
    if (this.preferences.ring.value) this.bell.ring();
    const show = () => this.router.go({ name: "active" });
    for (const lead of leads) {
      const elsewhere = this.router.route.value.name !== "active";
      this.toasts.show({
        key: `lead ${lead.id}`,
        message: text.active.arrived(customerName(lead), lead.topic ?? ""),
        ...(elsewhere ? { action: { label: text.active.show, run: show } } : {}),
      });
      if (!this.#window.document.hasFocus()) this.notices.show(lead, show);
    }
  }

  /** Told where the session's own view is not there to tell it. */
  #sayOver(session: SessionModel): void {
    const route = this.router.route.value;
    if (route.name === "session" && route.session === session.id) return;
    const by = session.over.value ?? "system";
    this.toasts.show({
      key: `over ${session.id}`,
      message: text.session.ended[by](session.name.value),
      stays: true,
      action: {
        label: text.session.writeRemarks,
        run: () => this.router.go({ name: "session", session: session.id, lead: session.leadID }),
      },
    });
  }

  /** Names this browser window for as long as it lives; a reload keeps the name. */
  #windowName(): string {
    try {
      const storage = this.#window.sessionStorage;
      const known = storage.getItem(windowKey);
      if (known) return known;
      storage.setItem(windowKey, this.#name);
    } catch {
      // Without storage a reload is a new window.
    }
    return this.#name;
  }
}

/** A name that nobody guesses; `crypto.randomUUID` is there on secure origins only. */
function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
