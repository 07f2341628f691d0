// Pieces that are changed in place: thinking better of it leaves no trace. And a page on paper.

function cancel(link) {
  const dialog = link.closest("dialog");
  if (dialog) {
    dialog.close();
    return true;
  }
  const piece = link.closest(".piece");
  // A stored piece is brought back by the link itself; a new one just goes.
  if (!piece || link.hasAttribute("hx-get")) return false;
  const group = piece.closest(".group");
  piece.remove();
  group?.querySelector(".add")?.focus();
  return true;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-cancel]");
  if (link && !event.ctrlKey && !event.metaKey && cancel(link)) event.preventDefault();
  if (event.target.closest("[data-print]")) window.print();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || event.target.closest("dialog")) return;
  event.target.closest(".piece.editing")?.querySelector("[data-cancel]")?.click();
});

// A piece that was removed leaves the focus to the next one of its group.
document.addEventListener("htmx:before:swap", ({ target, detail: { ctx } }) => {
  const piece = target.closest?.(".piece");
  const group = piece?.closest(".group");
  if (!group || ctx.swap !== "delete") return;
  const all = [...group.querySelectorAll(".piece")];
  const heir = all[all.indexOf(piece) + 1] ?? all[all.indexOf(piece) - 1];
  document.addEventListener(
    "htmx:after:swap",
    () => (heir?.querySelector("a[href]") ?? group.querySelector(".add"))?.focus({ preventScroll: true }),
    { once: true },
  );
});
