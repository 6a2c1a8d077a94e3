import { useRef } from "preact/hooks";
import { text } from "../text";
import type { Visit } from "../visit";
import { watchingText } from "../watching";
import { ChatCard } from "./chat";
import { Button, Card, Icon, useFocus } from "./parts";

/** Everything of a running session: its bar, and above it the chat or a question. */
export function SessionCorner({ visit }: { visit: Visit }) {
  const chatButton = useRef<HTMLButtonElement>(null);
  const closeChat = () => {
    visit.showChat(false);
    chatButton.current?.focus();
  };
  return (
    <>
      {visit.ending.value ? (
        <EndCard visit={visit} />
      ) : (
        visit.talk.open.value && <ChatCard visit={visit} onClose={closeChat} />
      )}
      <div class="toasts" role="status">
        {!visit.ending.value && <Toast visit={visit} />}
      </div>
      {visit.folded.value ? <FoldedBar visit={visit} /> : <Bar visit={visit} chatButton={chatButton} />}
    </>
  );
}

function useWatching(visit: Visit): string {
  return watchingText(visit.watchers.value, visit.agent.value, visit.lost.value);
}

/** Whether anybody can see the page at this moment. */
function isSeen(visit: Visit): boolean {
  return !visit.lost.value && visit.watchers.value.some(({ state }) => state === "online");
}

function Bar({ visit, chatButton }: { visit: Visit; chatButton: { current: HTMLButtonElement | null } }) {
  const sees = useWatching(visit);
  const bar = useFocusedBar();
  const open = visit.talk.open.value && !visit.ending.value;
  return (
    <section ref={bar} tabIndex={-1} class={`bar ${isSeen(visit) ? "" : "idle"}`} aria-label={text.bar.name}>
      <span class="eye">
        <Icon name="eye" />
      </span>
      <p class="sees" title={sees}>
        {sees}
      </p>
      {visit.lost.value && <Button onClick={() => visit.retryNow()}>{text.bar.retry}</Button>}
      <button
        type="button"
        ref={chatButton}
        aria-expanded={open}
        onClick={() => {
          visit.askEnd(false);
          visit.showChat(!open);
        }}
      >
        {text.bar.chat} <Unread visit={visit} />
      </button>
      <Button class="end" onClick={() => visit.askEnd(true)}>
        {text.bar.end}
      </Button>
      <Button class="fold" aria-label={text.bar.fold} onClick={() => visit.fold(true)}>
        <Icon name="down" />
      </Button>
    </section>
  );
}

function useFocusedBar() {
  return useFocus<HTMLElement>();
}

function FoldedBar({ visit }: { visit: Visit }) {
  const button = useFocus<HTMLButtonElement>();
  return (
    <button type="button" ref={button} class="chip seen" onClick={() => visit.fold(false)}>
      <Icon name="eye" />
      <span class="sr">
        {useWatching(visit)}. {text.bar.unfold}
      </span>
      <Unread visit={visit} />
    </button>
  );
}

function Unread({ visit }: { visit: Visit }) {
  const { unread } = visit.talk.view.value;
  if (unread === 0) return null;
  return (
    <>
      <span class="badge">{unread > 99 ? "99+" : unread}</span> <span class="sr">{text.bar.unread}</span>
    </>
  );
}

/** A line that has just come while the chat is closed. */
function Toast({ visit }: { visit: Visit }) {
  const toast = visit.talk.toast.value;
  if (!toast) return null;
  return (
    <button type="button" class="toast" title={text.chat.show} onClick={() => visit.showChat(true)}>
      <strong>{toast.name}</strong>
      <span>{toast.text}</span>
    </button>
  );
}

/** Asks once before the session ends. */
function EndCard({ visit }: { visit: Visit }) {
  return (
    <Card title={text.end.title} onClose={() => visit.askEnd(false)}>
      <p>{text.end.body(visit.agent.value || text.agent)}</p>
      <div class="buttons">
        <Button class="primary" onClick={() => void visit.end()}>
          {text.end.end}
        </Button>
        <Button class="outline" onClick={() => visit.askEnd(false)}>
          {text.end.stay}
        </Button>
      </div>
    </Card>
  );
}
