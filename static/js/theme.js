// Runs before the first paint, so it is no module. The server renders the choice of whoever is
// signed in; signed-out pages, whose root says data-signed-out, follow the last one made here.
(() => {
  const KEY = "kept:theme";
  const root = document.documentElement;
  const apply = (theme) => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
  };

  try {
    if ("signedOut" in root.dataset) apply(localStorage.getItem(KEY));
    else localStorage.setItem(KEY, root.dataset.theme ?? "");
  } catch {
    // No storage: the system's theme will do.
  }

  document.addEventListener("change", ({ target }) => {
    if (target.closest("[data-theme-choice]")) apply(target.value);
  });
})();
