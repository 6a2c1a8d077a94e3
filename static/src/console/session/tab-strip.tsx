import { useRef } from "preact/hooks";
import { shortURL } from "../format";
import { text } from "../text";
import { Icon } from "../ui/icon";
import type { SessionModel } from "./model";
import type { StripTab } from "./strip";

/** The customer's tabs: a dot where the customer is, a line where the agent is, a cross on the closed. */
export function TabStrip({ model }: { model: SessionModel }) {
  const list = useRef<HTMLDivElement>(null);
  const tabs = model.strip.tabs.value;
  const reachable = tabs.find((tab) => tab.viewed)?.source ?? tabs[0]?.source;

  /** Arrow keys move the focus; Enter and Space, as on any button, turn to the tab. */
  const move = (event: KeyboardEvent) => {
    const buttons = [...(list.current?.querySelectorAll<HTMLElement>("[role=tab]") ?? [])];
    const target = keyTarget(
      event.key,
      buttons.indexOf(document.activeElement as HTMLElement),
      buttons.length,
    );
    if (target === null) return;
    event.preventDefault();
    buttons[target]?.focus();
  };

  return (
    <div class="tabs" role="tablist" aria-label={text.session.tabs} ref={list} onKeyDown={move}>
      {tabs.map((tab) => (
        <TabButton
          key={tab.source}
          tab={tab}
          reachable={tab.source === reachable}
          onChoose={() => model.strip.choose(tab.source)}
        />
      ))}
    </div>
  );
}

interface TabButtonProps {
  tab: StripTab;
  reachable: boolean;
  onChoose(): void;
}

function TabButton({ tab, reachable, onChoose }: TabButtonProps) {
  const title = tab.title || shortURL(tab.url) || text.session.untitled;
  const marks = [tab.here ? text.session.here : "", tab.closed ? text.session.closedTab : ""].filter(Boolean);
  return (
    <button
      type="button"
      role="tab"
      id={`tab-${tab.source}`}
      class={`tab ${tab.closed ? "closed" : ""}`}
      aria-selected={tab.viewed}
      aria-controls="stage"
      tabIndex={reachable ? 0 : -1}
      title={[title, ...marks, tab.url].filter(Boolean).join("\n")}
      onClick={onChoose}
    >
      <span class="truncate">{title}</span>
      {tab.here && <span class="tab-dot" />}
      {tab.closed && <Icon name="close" size={12} />}
      {marks.length > 0 && <span class="hidden">, {marks.join(", ")}</span>}
    </button>
  );
}

function keyTarget(key: string, at: number, count: number): number | null {
  if (at < 0) return null;
  switch (key) {
    case "ArrowRight":
      return (at + 1) % count;
    case "ArrowLeft":
      return (at + count - 1) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}
