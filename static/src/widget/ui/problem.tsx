import type { Problem } from "../api";
import { text } from "../text";
import { ErrorText } from "./parts";

/** A problem in words for people. */
export function problemText({ kind, wait, detail, fields }: Problem): string {
  if (kind === "throttled") return text.problem.throttled(wait);
  // Complaints that name a field are about our own form; the rest is said by the server for people.
  if (kind === "invalid" && detail && Object.keys(fields).length === 0) return detail;
  return text.problem[kind];
}

export function ProblemText({ problem }: { problem: Problem | null }) {
  return problem && <ErrorText>{problemText(problem)}</ErrorText>;
}
