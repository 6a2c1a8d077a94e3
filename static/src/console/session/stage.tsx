import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { shortURL } from "../format";
import { text } from "../text";
import { Banner } from "../ui/banner";
import type { SessionModel } from "./model";
import type { MirrorPage, MirrorWindow } from "./page";

/** The customer's page, in the frame that mirrors it, and what is to be said about it. */
export function Stage({ model, onWriteRemarks }: { model: SessionModel; onWriteRemarks(): void }) {
  const view = model.strip.view.value;
  return (
    <section
      class="stage"
      id="stage"
      role="tabpanel"
      aria-label={text.session.picture}
      aria-describedby={view ? `tab-${view}` : undefined}
    >
      <Address model={model} />
      <div role="status">
        {model.over.value ? (
          <Banner
            tone="plain"
            icon="check"
            action={{ label: text.session.writeRemarks, run: onWriteRemarks }}
          >
            {text.session.ended[model.over.value](model.name.value)}
          </Banner>
        ) : (
          <PictureNote model={model} />
        )}
      </div>
      <MirrorFrame key={model} model={model} />
    </section>
  );
}

/** Where the viewed page is. */
function Address({ model }: { model: SessionModel }) {
  const tab = model.strip.tabs.value.find((one) => one.viewed);
  const state = tab && model.strip.stateOf(tab.source);
  return (
    <div class="address">
      <span class="truncate" title={tab?.url}>
        {tab?.url ? shortURL(tab.url) : "\u00a0"}
      </span>
      {state && state.width > 0 && (
        <span class="number">
          {state.width} × {state.height}
        </span>
      )}
    </div>
  );
}

/** Why the picture stands still, when it does. */
function PictureNote({ model }: { model: SessionModel }) {
  if (model.connection.lost.value !== null) return null;
  const name = model.name.value;
  const tabs = model.strip.tabs.value;
  const tab = tabs.find((one) => one.viewed);
  if (model.customerGone.value) {
    return (
      <Banner tone="warn" icon="leave">
        {text.session.customerGone(name)}
      </Banner>
    );
  }
  if (tab?.closed) {
    return (
      <Banner tone="plain" icon="close">
        {tabs.every((one) => one.closed) ? text.session.allClosed(name) : text.session.closed(name)}
      </Banner>
    );
  }
  if (!tab?.away || model.pictures.shown.value === 0) return null;
  return (
    <Banner tone="plain" icon="page">
      {text.session.away(name)}
    </Banner>
  );
}

function MirrorFrame({ model }: { model: SessionModel }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const failed = useSignal(false);
  const attempt = useSignal(0);
  const detach = useRef(() => {});
  useEffect(() => () => detach.current(), []);
  const onLoad = () => {
    detach.current();
    const page = pageIn(frame.current);
    failed.value = page === null;
    detach.current = page ? model.attach(page) : () => {};
  };
  const retry = () => {
    failed.value = false;
    attempt.value++;
  };
  return (
    <div class="mirror">
      <iframe
        key={attempt.value}
        ref={frame}
        class="mirror-frame"
        title={text.session.picture}
        tabIndex={-1}
        src={`/console/mirror?${new URLSearchParams({ session: model.id })}`}
        onLoad={onLoad}
      />
      {failed.value ? (
        <div class="mirror-cover" role="alert">
          <p>{text.session.mirrorFailed}</p>
          <button type="button" class="button" onClick={retry}>
            {text.retry}
          </button>
        </div>
      ) : (
        <Waiting model={model} />
      )}
    </div>
  );
}

/** Covers the frame until there is a picture. */
function Waiting({ model }: { model: SessionModel }) {
  if (model.pictures.shown.value !== 0) return null;
  return (
    <div class="mirror-cover" role="status">
      <p>{waitingFor(model)}</p>
    </div>
  );
}

function waitingFor(model: SessionModel): string {
  if (model.over.value) return "";
  if (!model.joined.value) return text.session.opening;
  if (model.strip.view.value === 0) return text.session.waitingForTab(model.name.value);
  return text.session.waitingForPicture;
}

/** What the mirror's page offers; null when the frame shows something else, such as an error. */
function pageIn(frame: HTMLIFrameElement | null): MirrorPage | null {
  try {
    return (frame?.contentWindow as MirrorWindow | null)?.besideMirror ?? null;
  } catch {
    return null;
  }
}
