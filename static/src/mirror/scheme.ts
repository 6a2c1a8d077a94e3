/**
 * Makes style sheets behave as on a machine that prefers dark pages, or light
 * ones: the mirror shows what the customer sees, whatever the agent prefers.
 */
export function schemed(css: string, dark: boolean): string {
  if (!css.includes("color-scheme")) return css;
  return css
    .replace(/\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)/gi, (_, wanted: string) =>
      (wanted.toLowerCase() === "dark") === dark ? "(min-width: 0px)" : "(max-width: 0px)",
    )
    .replace(
      /(^|[\s;{"])color-scheme\s*:\s*(?:light\s+dark|dark\s+light)/gi,
      (_, before: string) => `${before}color-scheme: ${dark ? "dark" : "light"}`,
    );
}
