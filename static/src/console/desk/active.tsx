import "../ui/table.css";
import "./active.css";
import { useSignal } from "@preact/signals";
import { sentence } from "../api";
import { text } from "../text";
import { Banner, ConnectionBanner } from "../ui/banner";
import { Icon } from "../ui/icon";
import { Blank, Page } from "../ui/page";
import { useWorkplace } from "../ui/workplace";
import { ActiveTable, LoadingTable } from "./table";

/** The live list of customers who wait or are in session. */
export function Active() {
  const { desk, deskRefused } = useWorkplace();
  const refused = deskRefused.value;
  return (
    <Page title={text.active.page} summary={<Summary />} actions={<AlertSwitches />}>
      <ConnectionBanner
        lost={desk.connection.lost}
        note={text.connection.stale}
        onRetry={() => desk.retryNow()}
      />
      {refused ? <Blank title={refused.message} /> : <Body />}
    </Page>
  );
}

function Body() {
  const { desk } = useWorkplace();
  const leads = desk.leads.value;
  return (
    <>
      <OfflineBanner />
      <div class="page-body">
        {leads === null ? (
          <LoadingTable />
        ) : leads.length > 0 ? (
          <ActiveTable leads={leads} />
        ) : (
          <Blank title={text.active.empty} hint={text.active.emptyHint} />
        )}
      </div>
    </>
  );
}

function Summary() {
  const { desk, account } = useWorkplace();
  if (desk.leads.value === null) return null;
  return <>{text.active.summary(desk.waiting.value, account.me?.sessions ?? 0)}</>;
}

/** Says so when the user is not ready for customers: it is easily forgotten. */
function OfflineBanner() {
  const { account, toasts } = useWorkplace();
  const busy = useSignal(false);
  if (!account.me || account.me.online) return null;
  const goOnline = async () => {
    if (busy.value) return;
    busy.value = true;
    try {
      await account.setOnline(true);
    } catch (error) {
      toasts.show({ key: "online", message: sentence(error), tone: "bad" });
    }
    busy.value = false;
  };
  return (
    <Banner tone="plain" icon="bellOff" action={{ label: text.active.goOnline, run: goOnline }}>
      {text.active.offline}
    </Banner>
  );
}

/** How new customers make themselves heard: the ring, and desktop notifications. */
function AlertSwitches() {
  const { preferences, notices, bell } = useWorkplace();
  const ring = preferences.ring.value;
  const toggle = () => {
    preferences.setRing(!ring);
    bell.unlock();
    if (!ring) bell.ring();
  };
  return (
    <>
      {notices.permission.value === "default" && (
        <button type="button" class="button quiet" onClick={() => void notices.ask()}>
          {text.active.notify}
        </button>
      )}
      <button
        type="button"
        role="switch"
        aria-checked={ring}
        aria-label={text.active.ring}
        title={`${text.active.ring}: ${ring ? text.active.ringOn : text.active.ringOff}`}
        class="button quiet icon-only"
        onClick={toggle}
      >
        <Icon name={ring ? "bell" : "bellOff"} />
      </button>
    </>
  );
}
