import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Workplace } from "../workplace";

export const WorkplaceContext = createContext<Workplace | null>(null);

/** The window's workplace, for components below the App. */
export function useWorkplace(): Workplace {
  const workplace = useContext(WorkplaceContext);
  if (!workplace) throw new Error("no workplace above this component");
  return workplace;
}
