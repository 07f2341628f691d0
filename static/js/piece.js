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
