import { useComputed, useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { text } from "../text";
import { useWorkplace } from "../ui/workplace";
import type { SessionModel } from "./model";

/** Offers to follow, for as long as the customer looks at another tab than the agent. */
export function useFollowToast(model: SessionModel): void {
  const { toasts } = useWorkplace();
  const key = `follow ${model.id}`;
  const elsewhere = useComputed(() => (model.over.value ? 0 : (model.strip.elsewhere.value?.source ?? 0)));
  useSignalEffect(() => {
    if (elsewhere.value === 0) return toasts.dismiss(key);
    const tab = model.strip.elsewhere.peek();
    toasts.show({
      key,
      message: text.session.differs(model.name.peek(), tab?.title || text.session.untitled),
      stays: true,
      action: { label: text.session.follow, run: () => model.strip.follow() },
    });
  });
  useEffect(() => () => toasts.dismiss(key), [key]);
}
