import "./rail.css";
import type { ComponentChildren } from "preact";
import { initials } from "../format";
import { hrefOf, type Route } from "../route";
import type { SessionModel } from "../session/model";
import { text } from "../text";
import { Icon, type IconName, Mark } from "../ui/icon";
import { useWorkplace } from "../ui/workplace";
import { MeMenu } from "./me";

/** The narrow column that leads everywhere. */
export function Rail() {
  const { desk, sessions, router } = useWorkplace();
  const route = router.route.value;
  const waiting = desk.waiting.value;
  const open = sessions.open.value.filter((session) => !session.refused.value && !session.past.value);
  return (
    <nav class="rail" aria-label={text.rail.main}>
      <span class="rail-mark">
        <Mark size={24} />
      </span>
      <RailLink
        to={{ name: "active" }}
        current={route.name === "active"}
        icon="people"
        label={text.rail.activeShort}
        name={text.rail.active}
        count={waiting}
        countName={text.rail.waiting(waiting)}
      />
      <RailLink
        to={{ name: "history" }}
        current={route.name === "history" || route.name === "lead"}
        icon="history"
        label={text.rail.history}
      />
      {open.length > 0 && (
        <ul class="rail-sessions" aria-label={text.rail.sessions}>
          {open.map((session) => (
            <li key={session.id}>
              <SessionLink
                session={session}
                current={route.name === "session" && route.session === session.id}
              />
            </li>
          ))}
        </ul>
      )}
      <MeMenu />
    </nav>
  );
}

interface RailLinkProps {
  to: Route;
  current: boolean;
  icon: IconName;
  label: string;
  /** The full name, where the label is short for it. */
  name?: string;
  count?: number;
  countName?: string;
}

function RailLink({ to, current, icon, label, name, count = 0, countName }: RailLinkProps) {
  return (
    <a class="rail-link" href={hrefOf(to)} aria-current={current ? "page" : undefined} title={name ?? label}>
      <span class="rail-icon">
        <Icon name={icon} />
        {count > 0 && (
          <span class="count" aria-hidden="true">
            {count > 99 ? "99+" : count}
          </span>
        )}
      </span>
      <span aria-hidden={name ? "true" : undefined}>{label}</span>
      {name && <span class="hidden">{name}</span>}
      {count > 0 && <Hidden>{countName}</Hidden>}
    </a>
  );
}

function SessionLink({ session, current }: { session: SessionModel; current: boolean }) {
  const name = session.name.value;
  const unread = session.chat.unread.value;
  const over = session.over.value !== null;
  return (
    <a
      class={`rail-session${over ? " over" : ""}`}
      href={hrefOf({ name: "session", session: session.id, lead: session.leadID })}
      aria-current={current ? "page" : undefined}
      title={text.rail.session(name)}
    >
      <span aria-hidden="true">{initials(name)}</span>
      <span class="hidden">{text.rail.session(name)}</span>
      {unread > 0 && (
        <>
          <span class="count" aria-hidden="true">
            {unread > 9 ? "9+" : unread}
          </span>
          <Hidden>{text.rail.unread(unread)}</Hidden>
        </>
      )}
    </a>
  );
}

function Hidden({ children }: { children: ComponentChildren }) {
  return <span class="hidden">, {children}</span>;
}
