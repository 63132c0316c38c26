/** Shows the chosen colours until the returned function is called; `system` follows the system. */
export function followTheme(chosen: "system" | "dark" | "light"): () => void {
  const system = window.matchMedia("(prefers-color-scheme: light)");
  const show = () => {
    const light = chosen === "light" || (chosen === "system" && system.matches);
    document.documentElement.dataset["theme"] = light ? "light" : "dark";
  };
  show();
  system.addEventListener("change", show);
  return () => system.removeEventListener("change", show);
}
