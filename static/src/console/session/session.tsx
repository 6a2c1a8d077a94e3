import "./session.css";
import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useLayoutEffect } from "preact/hooks";
import type { Failure } from "../../wire/messages";
import { text } from "../text";
import { ConnectionBanner } from "../ui/banner";
import { Blank, Page } from "../ui/page";
import { useWorkplace } from "../ui/workplace";
import { SessionBar } from "./bar";
import { ChatPanel } from "./chat-panel";
import { EndDialog, OverDialog } from "./ending";
import { useFollowToast } from "./follow";
import type { SessionModel } from "./model";
import { Stage } from "./stage";
import { TabStrip } from "./tab-strip";
import { Tools } from "./tools";

/** A session's screen. The session itself lives on while the agent looks at other screens. */
export function Session({ id, lead }: { id: string; lead: string }) {
  const { sessions, router, toasts } = useWorkplace();
  const model = sessions.find(id);
  useLayoutEffect(() => {
    toasts.dismiss(`over ${id}`);
    sessions.enter(id, lead);
    return () => {
      const left = sessions.find(id);
      if (left && (left.over.value || left.refused.value || left.past.value)) sessions.leave(left);
    };
  }, [id]);
  useSignalEffect(() => {
    const past = sessions.find(id)?.past.value;
    if (past) router.go({ name: "lead", lead: past }, true);
  });
  if (!model) return null;
  const refused = model.refused.value;
  if (refused) return <Refused failure={refused} model={model} />;
  return <SessionView key={model} model={model} />;
}

/** The server lets nobody into this session, or not this window. */
function Refused({ failure, model }: { failure: Failure; model: SessionModel }) {
  const { sessions, router } = useWorkplace();
  const takeOver = () => {
    const { id, leadID } = model;
    sessions.leave(model);
    sessions.enter(id, leadID);
  };
  const replaced = failure.code === "replaced";
  return (
    <Page title={text.session.refused.title}>
      <Blank title={replaced ? text.session.refused.replaced : failure.message}>
        {replaced && (
          <button type="button" class="button primary" onClick={takeOver}>
            {text.session.refused.takeOver}
          </button>
        )}
        <button type="button" class="button" onClick={() => router.go({ name: "active" })}>
          {text.session.back}
        </button>
      </Blank>
    </Page>
  );
}

/** From this width on there is room for the chat beside the picture. */
const roomy = "(min-width: 1100px)";

function SessionView({ model }: { model: SessionModel }) {
  const chatOpen = useSignal(matchMedia(roomy).matches);
  const ending = useSignal(false);
  const remarksLater = useSignal(false);
  useFollowToast(model);
  useEffect(() => {
    const media = matchMedia(roomy);
    const adapt = () => {
      chatOpen.value = media.matches;
    };
    media.addEventListener("change", adapt);
    return () => media.removeEventListener("change", adapt);
  }, []);
  const toggleChat = () => {
    chatOpen.value = !chatOpen.value;
  };
  return (
    <div class={`session ${chatOpen.value ? "with-chat" : ""}`}>
      <SessionBar model={model} chatOpen={chatOpen.value} onToggleChat={toggleChat} />
      <ConnectionBanner
        lost={model.connection.lost}
        note={model.path.value ? text.session.stillDirect : text.session.frozen}
        onRetry={() => model.retryNow()}
      />
      <div class="session-main">
        <div class="session-view">
          <TabStrip model={model} />
          <Stage
            model={model}
            onWriteRemarks={() => {
              remarksLater.value = false;
            }}
          />
          <Tools
            model={model}
            onEnd={() => {
              ending.value = true;
            }}
          />
        </div>
        {chatOpen.value && <ChatPanel model={model} />}
      </div>
      {ending.value && !model.over.value && (
        <EndDialog
          model={model}
          onClose={() => {
            ending.value = false;
          }}
        />
      )}
      {!remarksLater.value && (
        <OverDialog
          model={model}
          onClose={() => {
            remarksLater.value = true;
          }}
        />
      )}
    </div>
  );
}
