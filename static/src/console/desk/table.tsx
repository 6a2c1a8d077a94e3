import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { LeadView } from "../../wire/messages";
import { sentence } from "../api";
import { customerName, duration, pageName } from "../format";
import { hrefOf } from "../route";
import { text } from "../text";
import { Dialog } from "../ui/dialog";
import { Status } from "../ui/status";
import { Elapsed, Moment } from "../ui/time";
import { useWorkplace } from "../ui/workplace";
import { isWaiting } from "./leads";

export function ActiveTable({ leads }: { leads: readonly LeadView[] }) {
  return (
    <table class="table active-table" aria-label={text.active.page}>
      <Head />
      <tbody>
        {leads.map((lead) => (
          <Row key={lead.id} lead={lead} />
        ))}
      </tbody>
    </table>
  );
}

/** The table's outline until the first list is there. */
export function LoadingTable() {
  return (
    <table class="table active-table" aria-label={text.loading} aria-busy="true">
      <Head />
      <tbody>
        {[1, 2, 3].map((row) => (
          <tr key={row}>
            {[1, 2, 3, 4, 5, 6, 7, 8].map((cell) => (
              <td key={cell}>
                <span class="skeleton" />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Head() {
  const titles = text.active;
  return (
    <thead>
      <tr>
        <th scope="col">{titles.customer}</th>
        <th scope="col">{titles.requested}</th>
        <th scope="col">{titles.waiting}</th>
        <th scope="col">{titles.topic}</th>
        <th scope="col">{titles.onPage}</th>
        <th scope="col">{titles.status}</th>
        <th scope="col">{titles.owner}</th>
        <th scope="col">
          <span class="hidden">{titles.actions}</span>
        </th>
      </tr>
    </thead>
  );
}

function Row({ lead }: { lead: LeadView }) {
  const { account } = useWorkplace();
  const name = useId();
  const mine = lead.owner !== undefined && lead.owner === account.me?.id;
  const page = pageName(lead);
  return (
    <tr class={mine ? "mine" : ""}>
      <td>
        <span id={name} class="cell-main" title={customerName(lead)}>
          {customerName(lead)}
        </span>
        <span class="cell-more">{contact(lead)}</span>
      </td>
      <td data-label={text.active.requested}>
        <Moment at={lead.created} />
      </td>
      <td class="number" data-label={text.active.waiting}>
        <Waiting lead={lead} />
      </td>
      <td class={lead.topic ? "" : "void"} title={lead.message ?? lead.topic}>
        <span class="two-lines">{lead.topic || <None />}</span>
      </td>
      <td class={page ? "soft" : "void"} title={lead.pageUrl}>
        <span class="two-lines">{page || <None />}</span>
      </td>
      <td>
        <Status state={lead.state} />
        {isWaiting(lead) && !lead.customerOnline && (
          <span class="cell-more away" title={text.active.awayHint}>
            {text.active.away}
          </span>
        )}
      </td>
      <td class={lead.owner ? "" : "void"} data-label={text.active.owner}>
        {mine ? text.you : lead.ownerName || <None />}
      </td>
      <td>
        <Actions lead={lead} mine={mine} describedBy={name} />
      </td>
    </tr>
  );
}

function None() {
  return <span class="soft">{text.none}</span>;
}

function contact(lead: LeadView): string {
  return [lead.name ? lead.email : "", lead.siteName].filter(Boolean).join(" · ");
}

/** Ticks while the customer waits; after that it says how long it was. */
function Waiting({ lead }: { lead: LeadView }) {
  if (isWaiting(lead)) return <Elapsed from={lead.created} />;
  return (
    <span class="soft">{text.active.waited(duration((lead.started ?? lead.created) - lead.created))}</span>
  );
}

interface ActionsProps {
  lead: LeadView;
  mine: boolean;
  /** The id of the element that names the customer. */
  describedBy: string;
}

function Actions({ lead, mine, describedBy }: ActionsProps) {
  const { account } = useWorkplace();
  if (lead.state === "active") {
    if (!mine || !lead.session) return null;
    const href = hrefOf({ name: "session", session: lead.session, lead: lead.id });
    return (
      <div class="row-actions">
        <a class="button small" href={href} aria-describedby={describedBy}>
          {text.active.return}
        </a>
      </div>
    );
  }
  if (!mine && lead.owner && account.me?.role === "agent") return null;
  return (
    <div class="row-actions">
      <ArchiveButton lead={lead} describedBy={describedBy} />
      <ConnectButton lead={lead} describedBy={describedBy} />
    </div>
  );
}

type ActionProps = Omit<ActionsProps, "mine">;

function ConnectButton({ lead, describedBy }: ActionProps) {
  const { api, desk, router, toasts } = useWorkplace();
  const busy = useSignal(false);
  const connect = async () => {
    if (busy.value) return;
    busy.value = true;
    try {
      const after = await api.connect(lead.id);
      desk.take(after);
      toasts.dismiss(`lead ${lead.id}`);
      if (after.session) router.go({ name: "session", session: after.session, lead: lead.id });
    } catch (error) {
      toasts.show({ key: `lead ${lead.id}`, message: sentence(error), tone: "bad" });
    }
    busy.value = false;
  };
  return (
    <button
      type="button"
      class="button primary small"
      aria-describedby={describedBy}
      aria-busy={busy.value}
      onClick={connect}
    >
      {busy.value ? text.active.connecting : text.active.connect}
    </button>
  );
}

function ArchiveButton({ lead, describedBy }: ActionProps) {
  const asking = useSignal(false);
  const ask = (on: boolean) => () => {
    asking.value = on;
  };
  return (
    <>
      <button type="button" class="button quiet small" aria-describedby={describedBy} onClick={ask(true)}>
        {text.active.archive}
      </button>
      {asking.value && <ArchiveDialog lead={lead} onClose={ask(false)} />}
    </>
  );
}

function ArchiveDialog({ lead, onClose }: { lead: LeadView; onClose(): void }) {
  const { api, toasts } = useWorkplace();
  const busy = useSignal(false);
  const error = useSignal("");
  const name = customerName(lead);
  const archive = async () => {
    if (busy.value) return;
    busy.value = true;
    error.value = "";
    try {
      await api.archive(lead.id);
      toasts.show({ key: `lead ${lead.id}`, message: text.active.archived(name) });
      onClose();
    } catch (reason) {
      error.value = sentence(reason);
      busy.value = false;
    }
  };
  return (
    <Dialog title={text.active.archiveTitle(name)} onClose={onClose}>
      <p>{text.active.archiveBody}</p>
      <div role="alert">{error.value && <p class="form-error">{error.value}</p>}</div>
      <div class="actions">
        <button type="button" class="button" onClick={onClose}>
          {text.cancel}
        </button>
        <button type="button" class="button danger" aria-busy={busy.value} onClick={archive}>
          {text.active.archive}
        </button>
      </div>
    </Dialog>
  );
}
