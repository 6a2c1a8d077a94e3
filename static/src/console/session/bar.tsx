import { useEffect, useRef } from "preact/hooks";
import type { PathInfo } from "../../link/link";
import { text } from "../text";
import { Icon } from "../ui/icon";
import { Elapsed } from "../ui/time";
import type { SessionModel } from "./model";

export interface SessionBarProps {
  model: SessionModel;
  chatOpen: boolean;
  onToggleChat(): void;
}

/** Who it is, how the picture comes, for how long. */
export function SessionBar({ model, chatOpen, onToggleChat }: SessionBarProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const lead = model.lead.value;
  const started = model.joined.value?.started ?? lead?.started;
  return (
    <header class="session-bar">
      <h1 ref={heading} tabIndex={-1} class="truncate">
        {model.name.value}
        {lead?.topic && <span class="session-topic"> · {lead.topic}</span>}
      </h1>
      {!model.over.value && <PathChip path={model.path.value} />}
      <div class="session-side">
        {started && (
          <span class="session-time number">
            <Icon name="clock" size={16} />
            <Elapsed from={started} to={lead?.ended} label={text.session.elapsed} />
          </span>
        )}
        <ChatToggle model={model} open={chatOpen} onToggle={onToggleChat} />
      </div>
    </header>
  );
}

function PathChip({ path }: { path: PathInfo | null }) {
  const kind = path?.kind ?? "none";
  return (
    <span class={`path ${kind}`} title={text.session.pathHint[kind]}>
      <span class="path-dot" />
      {text.session.paths[kind]}
      {path?.rtt != null && <span class="number"> {text.session.milliseconds(Math.round(path.rtt))}</span>}
    </span>
  );
}

function ChatToggle({ model, open, onToggle }: { model: SessionModel; open: boolean; onToggle(): void }) {
  const unread = model.chat.unread.value;
  return (
    <button
      type="button"
      class={`button chat-toggle ${open ? "open" : ""}`}
      aria-expanded={open}
      aria-controls={open ? "chat-panel" : undefined}
      onClick={onToggle}
    >
      <Icon name="chat" size={16} />
      {text.chat.toggle}
      {unread > 0 && (
        <>
          <span class="count" aria-hidden="true">
            {unread > 99 ? "99+" : unread}
          </span>
          <span class="hidden">{text.rail.unread(unread)}</span>
        </>
      )}
    </button>
  );
}
