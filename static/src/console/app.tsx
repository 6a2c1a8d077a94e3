import "./app.css";
import { useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { Active } from "./desk/active";
import { History } from "./history/history";
import { LeadPage } from "./history/lead";
import { Login } from "./login/login";
import { Rail } from "./rail/rail";
import type { Route } from "./route";
import { Session } from "./session/session";
import { text } from "./text";
import { Banner } from "./ui/banner";
import { Mark } from "./ui/icon";
import { Blank } from "./ui/page";
import { ToastArea } from "./ui/toast-area";
import { useWorkplace, WorkplaceContext } from "./ui/workplace";
import type { Workplace } from "./workplace";

/** The whole console. */
export function App({ workplace }: { workplace: Workplace }) {
  return (
    <WorkplaceContext.Provider value={workplace}>
      <Entrance />
    </WorkplaceContext.Provider>
  );
}

function Entrance() {
  const { account } = useWorkplace();
  useTitle();
  const state = account.state.value;
  switch (state.kind) {
    case "loading":
      return (
        <main class="splash" aria-busy="true" aria-label={text.loading}>
          <Mark size={36} />
        </main>
      );
    case "unreachable":
      return (
        <main class="splash">
          <h1 class="hidden">{text.product}</h1>
          <Blank title={state.message}>
            <button type="button" class="button" onClick={() => void account.load()}>
              {text.retry}
            </button>
          </Blank>
        </main>
      );
    case "out":
      return <Login ended={state.ended} />;
    case "in":
      return <Shell />;
  }
}

function Shell() {
  const { outdated, reload } = useShell();
  const main = useRef<HTMLElement>(null);
  const skip = () => main.current?.querySelector<HTMLElement>("h1")?.focus();
  return (
    <div class="shell">
      <button type="button" class="button primary skip" onClick={skip}>
        {text.rail.skip}
      </button>
      <Rail />
      <main class="content" ref={main}>
        <div role="status">
          {outdated && (
            <Banner tone="plain" icon="warning" action={{ label: text.reload, run: reload }}>
              {text.connection.newVersion}
            </Banner>
          )}
        </div>
        <Place />
      </main>
      <ToastArea />
    </div>
  );
}

function useShell() {
  const workplace = useWorkplace();
  return { outdated: workplace.outdated.value, reload: () => workplace.reload() };
}

/** The screen of the present route. */
function Place() {
  const { router } = useWorkplace();
  const route = router.route.value;
  switch (route.name) {
    case "active":
      return <Active />;
    case "history":
      return <History />;
    case "lead":
      return <LeadPage key={route.lead} id={route.lead} />;
    case "session":
      return <Session key={route.session} id={route.session} lead={route.lead} />;
  }
}

/** Keeps the document's title: where one is, and how much waits. */
function useTitle(): void {
  const workplace = useWorkplace();
  useSignalEffect(() => {
    document.title = titleOf(workplace);
  });
}

function titleOf({ account, router, desk, sessions }: Workplace): string {
  if (!account.me) return text.title(text.login.page, 0);
  const unread = sessions.open.value.reduce((sum, session) => sum + session.chat.unread.value, 0);
  return text.title(pageTitle(router.route.value, sessions), desk.waiting.value + unread);
}

function pageTitle(route: Route, sessions: Workplace["sessions"]): string {
  if (route.name === "session") return sessions.find(route.session)?.name.value ?? text.rail.sessions;
  return route.name === "active" ? text.active.page : text.history.page;
}
