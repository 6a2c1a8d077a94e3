/** A customer's tab and an agent's console as small as they can be, that check what their links promise. */

import { compare, type Frame, follows, isKeyframe, type Position } from "../wire/frame";
import { inflate } from "../wire/inflate";
import type { Joined, ServerMessage } from "../wire/messages";
import { Channel, type Role } from "../wire/tables.gen";
import { Link, type LinkState, type PathInfo } from "./link";

/** What both have: a link, and the chat. */
abstract class Person {
  readonly link: Link;
  readonly states: LinkState[] = [];
  readonly messages: ServerMessage[] = [];
  readonly paths: { source: number; path: PathInfo }[] = [];
  /** Lines by the source that wrote them, its own too. */
  readonly lines = new Map<number, string[]>();
  /** What each source typed last. */
  readonly typing = new Map<number, unknown>();
  /** What this person has written. */
  readonly said: string[] = [];
  private readonly stands = new Map<string, Position>();

  constructor(role: Role, window: string) {
    this.link = new Link({
      url: "ws://desk.example/ws",
      role,
      hello: () => ({ role: role === "agent" ? "console" : "customer", window }),
      onMessage: (message) => this.onMessage(message),
      onFrame: (frame) => this.onFrame(frame),
      onKeyframe: (channel) => this.onKeyframe(channel),
      onState: (state) => this.states.push(state),
      onPath: (source, path) => this.paths.push({ source, path }),
      inflate,
    });
    this.link.connect();
  }

  say(text: string): void {
    this.said.push(text);
    this.link.publish(Channel.chat, { id: text, text });
  }

  /** How frames of that source come. */
  path(source: number): PathInfo["kind"] | undefined {
    return this.paths.findLast((told) => told.source === source)?.path.kind;
  }

  /** Lines that somebody else wrote. */
  heard(source: number): string[] {
    return this.lines.get(source) ?? [];
  }

  abstract onKeyframe(channel: number): void;
  protected abstract onPicture(frame: Frame, follows: boolean): void;

  protected onMessage(message: ServerMessage): void {
    this.messages.push(message);
  }

  private onFrame(frame: Frame): void {
    const key = `${frame.source}/${frame.channel}`;
    const at = this.stands.get(key) ?? { epoch: 0, seq: 0 };
    if (compare(at, frame) >= 0)
      throw new Error(`${key}: ${frame.epoch}/${frame.seq} after ${at.epoch}/${at.seq}`);
    this.stands.set(key, frame);
    switch (frame.channel) {
      case Channel.dom:
        this.onPicture(frame, follows(at, frame));
        break;
      case Channel.chat: {
        const { id } = this.link.codec.json(frame) as { id: string };
        this.lines.set(frame.source, [...this.heard(frame.source), id]);
        break;
      }
      case Channel.typing:
        this.typing.set(frame.source, this.link.codec.json(frame));
        break;
    }
  }
}

/** A page whose only content is a text, which is typed letter by letter. */
export class Tab extends Person {
  text = "";
  keyframes = 0;
  private capturing = false;

  /** @param weight bytes that each keyframe has beside the text */
  constructor(
    window: string,
    readonly weight = 0,
  ) {
    super("customer", window);
  }

  type(letters: string): void {
    for (const letter of letters) {
      this.text += letter;
      if (this.capturing) this.link.publish(Channel.dom, { letter });
    }
  }

  /** A change of that many bytes that leaves the text as it is. */
  change(bytes: number): void {
    if (this.capturing) this.link.publish(Channel.dom, { letter: "", weight: noise(bytes) });
  }

  override onKeyframe(channel: number): void {
    if (channel !== Channel.dom) return;
    this.capturing = true;
    this.keyframes++;
    this.link.publish(Channel.dom, { text: this.text, weight: noise(this.weight) }, true);
  }

  protected override onPicture(): void {
    throw new Error("a tab gets no pictures");
  }
}

/** Shows the texts of all tabs. */
export class Console extends Person {
  readonly texts = new Map<number, string>();
  keyframes = 0;
  private readonly shown = new Map<number, number>();

  constructor(window: string) {
    super("agent", window);
  }

  get joined(): boolean {
    return this.messages.some((message) => (message as Joined).type === "joined");
  }

  override onKeyframe(): void {
    throw new Error("a console publishes nothing keyed");
  }

  protected override onPicture(frame: Frame, follows: boolean): void {
    const payload = this.link.codec.json(frame) as { text?: string; letter?: string };
    const text = this.texts.get(frame.source);
    if (isKeyframe(frame)) {
      this.keyframes++;
      this.texts.set(frame.source, payload.text ?? "");
      if (this.shown.get(frame.source) !== frame.epoch) this.link.openDirect(frame.source);
      this.shown.set(frame.source, frame.epoch);
    } else if (!follows || text === undefined) {
      throw new Error(`change ${frame.seq} does not follow`);
    } else {
      this.texts.set(frame.source, text + (payload.letter ?? ""));
    }
  }
}

/** Text that does not deflate much, the same each time. */
function noise(length: number): string {
  let x = 12345;
  let text = "";
  while (text.length < length) {
    x = (x * 1103515245 + 12345) & 0x7fffffff;
    text += x.toString(36);
  }
  return text.slice(0, length);
}
