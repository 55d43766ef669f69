// Runs before the first paint, so that a dark page never flashes white.
{
  let theme = null;
  try {
    theme = JSON.parse(localStorage.getItem("desk.settings") ?? "{}").theme;
  } catch {
    // Broken settings are as good as none.
  }
  document.documentElement.dataset.theme =
    theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}
