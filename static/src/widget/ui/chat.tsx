import { useLayoutEffect, useRef } from "preact/hooks";
import type { ChatLine } from "../../wire/chat";
import { text } from "../text";
import type { Visit } from "../visit";
import { Button, Card, useFocus } from "./parts";

/** So near to its end, in pixels, the log follows what arrives. */
const nearEnd = 80;

export function ChatCard({ visit, onClose }: { visit: Visit; onClose(): void }) {
  return (
    <Card title={text.chat.title} class="chat" keepFocus onClose={onClose}>
      <Log visit={visit} />
      <div>
        <Typing visit={visit} />
        <Compose visit={visit} />
      </div>
    </Card>
  );
}

function Log({ visit }: { visit: Visit }) {
  const { lines } = visit.talk.view.value;
  const log = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const latest = lines.at(-1);
  useLayoutEffect(() => {
    const element = log.current;
    if (element && (follows.current || latest?.pending)) element.scrollTop = element.scrollHeight;
  }, [lines]);
  return (
    <div
      ref={log}
      class="log"
      role="log"
      aria-label={text.chat.log}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < nearEnd;
      }}
    >
      {lines.length === 0 && <p class="soft small">{text.chat.empty(visit.agent.value || text.agent)}</p>}
      {lines.length > 0 && (
        <ol>
          {lines.map((line, i) => (
            <Line key={line.id} line={line} first={isTurn(lines[i - 1], line)} name={nameOf(visit, line)} />
          ))}
        </ol>
      )}
    </div>
  );
}

function Line({ line, first, name }: { line: ChatLine; first: boolean; name: string }) {
  const when = new Date(line.time);
  return (
    <li class={`${line.mine ? "mine" : ""} ${first ? "first" : ""}`}>
      <span class={first && !line.mine ? "meta" : "sr"}>{name}</span>
      <span class="text" title={exactTime(when)}>
        {line.text}
      </span>
      {line.pending && <span class="meta">{text.chat.pending}</span>}
    </li>
  );
}

/** Whether somebody else begins to speak; a customer's tabs are one person. */
function isTurn(before: ChatLine | undefined, line: ChatLine): boolean {
  return !before || before.mine !== line.mine || (!line.mine && before.source !== line.source);
}

function nameOf(visit: Visit, line: ChatLine): string {
  return line.mine ? text.chat.you : visit.nameOf(line.source);
}

function exactTime(when: Date): string {
  if (Number.isNaN(when.getTime())) return "";
  return when.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" });
}

function Typing({ visit }: { visit: Visit }) {
  const { typing } = visit.talk.view.value;
  return (
    <p class="typing" role="status">
      {typing.length > 0 ? text.chat.typing(typing.join(", ")) : ""}
    </p>
  );
}

function Compose({ visit }: { visit: Visit }) {
  const field = useFocus<HTMLTextAreaElement>();
  const send = () => {
    visit.talk.say();
    field.current?.focus();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={field}
        rows={1}
        aria-label={text.chat.message}
        placeholder={text.chat.message}
        maxLength={visit.talk.longest}
        value={visit.talk.draft.value}
        onInput={(event) => visit.talk.type(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <Button submit class="primary">
        {text.chat.send}
      </Button>
    </form>
  );
}
