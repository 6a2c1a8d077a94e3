import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { LinkState } from "../../link/link";
import type { Failure, Hello, LeadView, ServerMessage, UserView } from "../../wire/messages";
import { Connection } from "../connection";
import { deskOrder, newcomers, waitsFor, withLead } from "./leads";

/** What the desk needs of a socket that reconnects by itself. */
export interface DeskSocket {
  connect(): void;
  retryNow(): void;
  close(): void;
}

export interface DeskSocketHandlers {
  hello(): Omit<Hello, "type" | "v">;
  onMessage(message: ServerMessage): void;
  onState(state: LinkState): void;
}

export interface DeskOptions {
  socket(handlers: DeskSocketHandlers): DeskSocket;
  onMe(me: UserView): void;
  /** Leads that have come to wait for the user while the desk was watched. */
  onNewcomers(leads: readonly LeadView[]): void;
  onBuild(build: string): void;
  /** The server refuses the socket for good. */
  onRefused(failure: Failure): void;
}

/** The live list of leads that the user may see. */
export class Desk {
  /** In the order to show them; null until the server has told them once. */
  readonly leads: ReadonlySignal<readonly LeadView[] | null>;
  readonly connection = new Connection();
  /** How many customers wait for this user. */
  readonly waiting: ReadonlySignal<number>;
  #leads: Signal<readonly LeadView[] | null>;
  #me = signal("");
  #options: DeskOptions;
  #socket: DeskSocket | null = null;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#leads = signal<readonly LeadView[] | null>(null);
    this.leads = computed(() => this.#leads.value && deskOrder(this.#leads.value));
    this.waiting = computed(
      () => (this.#leads.value ?? []).filter((lead) => waitsFor(lead, this.#me.value)).length,
    );
  }

  /** Opens the desk of a user; one that is open already is closed first. */
  open(user: string): void {
    this.close();
    this.#me.value = user;
    this.#socket = this.#options.socket({
      hello: () => ({ role: "desk" }),
      onMessage: (message) => this.#receive(message),
      onState: (state) => this.connection.set(state),
    });
    this.#socket.connect();
  }

  close(): void {
    this.#socket?.close();
    this.#socket = null;
    this.#leads.value = null;
    this.connection.set({ kind: "connecting" });
    this.connection.reset();
  }

  retryNow(): void {
    this.#socket?.retryNow();
  }

  find(id: string): LeadView | null {
    return this.#leads.value?.find((lead) => lead.id === id) ?? null;
  }

  /** Takes a lead as an API call returned it, ahead of the socket. */
  take(lead: LeadView): void {
    this.#set(withLead(this.#leads.value ?? [], lead, false));
  }

  #receive(message: ServerMessage): void {
    switch (message.type) {
      case "welcome":
        this.#options.onBuild(message.build);
        if (message.desk) {
          this.#options.onMe(message.desk.me);
          this.#set(message.desk.leads);
        }
        break;
      case "deskLead":
        this.#set(withLead(this.#leads.value ?? [], message.lead, message.gone ?? false));
        break;
      case "deskMe":
        this.#options.onMe(message.me);
        break;
      case "error":
        if (message.fatal) this.#options.onRefused(message);
    }
  }

  /** What waits already when the desk is opened is not announced: the user is looking at it. */
  #set(leads: readonly LeadView[]): void {
    const before = this.#leads.value;
    this.#leads.value = leads;
    const arrived = before ? newcomers(before, leads, this.#me.value) : [];
    if (arrived.length > 0) this.#options.onNewcomers(arrived);
  }
}
