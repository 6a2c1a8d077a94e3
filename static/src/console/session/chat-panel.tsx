import "./chat-panel.css";
import { useComputed } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { type ChatLine, maxChatText } from "../../wire/chat";
import type { LeadView } from "../../wire/messages";
import { text } from "../text";
import { Moment } from "../ui/time";
import { bubbles } from "./bubbles";
import type { SessionModel } from "./model";

/** The conversation beside the picture. */
export function ChatPanel({ model }: { model: SessionModel }) {
  useWatching(model);
  return (
    <aside class="chat" id="chat-panel" aria-label={text.chat.heading}>
      <header class="chat-bar">
        <h2>{text.chat.heading}</h2>
      </header>
      <Log model={model} />
      <Typing model={model} />
      <Composer model={model} />
    </aside>
  );
}

/** What comes in while the panel is there and the window is in front is read. */
function useWatching(model: SessionModel): void {
  useEffect(() => {
    const look = () => model.chat.watch(document.visibilityState === "visible");
    look();
    document.addEventListener("visibilitychange", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      model.chat.watch(false);
    };
  }, [model]);
}

/** How far from the end somebody may be and still be taken along, in pixels. */
const nearEnd = 48;

function Log({ model }: { model: SessionModel }) {
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const lines = model.chat.lines.value;
  const last = lines[lines.length - 1];
  useLayoutEffect(() => {
    const element = list.current;
    if (element && (atEnd.current || last?.mine)) element.scrollTop = element.scrollHeight;
  }, [last, lines.length]);
  const onScroll = () => {
    const element = list.current;
    if (!element) return;
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < nearEnd;
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and is to scroll by keyboard everywhere
    <div class="chat-log" ref={list} onScroll={onScroll} tabIndex={0} role="log" aria-label={text.chat.log}>
      {model.lead.value && <Request lead={model.lead.value} />}
      {lines.length === 0 && !model.over.value && (
        <p class="chat-empty">{text.chat.empty(model.name.value)}</p>
      )}
      {bubbles(lines, (source) => model.person(source)).map((group) => (
        <Group key={group.key} group={group} />
      ))}
    </div>
  );
}

/** What the customer asked for. */
function Request({ lead }: { lead: LeadView }) {
  if (!lead.message && !lead.email && !lead.phone) return null;
  return (
    <div class="chat-request">
      <p class="chat-request-title">
        {text.chat.request} · <Moment at={lead.created} />
      </p>
      {lead.message && <p class="chat-text">{lead.message}</p>}
      {(lead.email || lead.phone) && (
        <p class="soft chat-text">{[lead.email, lead.phone].filter(Boolean).join(" · ")}</p>
      )}
    </div>
  );
}

function Group({ group }: { group: ReturnType<typeof bubbles>[number] }) {
  return (
    <div class={`chat-group ${group.agent ? "agent" : "customer"}`}>
      <p class="chat-who">
        {group.mine ? text.you : group.name} · <Moment at={group.time} short />
      </p>
      {group.lines.map((line) => (
        <Line key={`${line.id} ${line.text}`} line={line} />
      ))}
    </div>
  );
}

function Line({ line }: { line: ChatLine }) {
  return (
    <div class={`chat-line ${line.pending ? "pending" : ""}`}>
      <p class="chat-text">{line.text}</p>
      {line.pending && <span class="chat-pending">{text.chat.pending}</span>}
    </div>
  );
}

function Typing({ model }: { model: SessionModel }) {
  const typist = model.chat.typists.value[0];
  return (
    <p class="chat-typing">
      {typist !== undefined && (
        <>
          <span class="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {text.chat.typing(model.person(typist).name)}
        </>
      )}
    </p>
  );
}

function Composer({ model }: { model: SessionModel }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const over = model.over.value !== null;
  const empty = useComputed(() => model.chat.draft.value.trim() === "");
  const submit = (event: Event) => {
    event.preventDefault();
    if (!over) model.chat.send();
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  };
  return (
    <form class="composer" onSubmit={submit}>
      <textarea
        ref={field}
        class="input"
        rows={1}
        maxLength={maxChatText}
        aria-label={text.chat.message}
        placeholder={text.chat.message}
        value={model.chat.draft.value}
        disabled={over}
        onInput={(event) => model.chat.write(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <button type="submit" class="button primary" disabled={over || empty.value}>
        {text.chat.send}
      </button>
    </form>
  );
}
