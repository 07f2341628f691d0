// A link that opens a dialog where it can, and its page where it cannot.

const sheet = document.getElementById("sheet");

async function openSheet(link) {
  const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.redirected || answer.headers.has("HX-Redirect")) return location.assign(link.href);
  const body = sheet.querySelector(".dialog-body");
  body.innerHTML = await answer.text();
  sheet.querySelector("h2").textContent = link.dataset.dialogTitle ?? link.getAttribute("aria-label") ?? link.textContent.trim();
  window.htmx?.process(body);
  document.dispatchEvent(new CustomEvent("sheet:filled"));
  sheet.showModal();
  body.querySelector("[autofocus], input:not([type=hidden]), textarea, select")?.focus();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (!opener || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  opener.closest("details")?.removeAttribute("open");
  const { dialog } = opener.dataset;
  if (dialog === "sheet") openSheet(opener).catch(() => location.assign(opener.href));
  else document.getElementById(dialog)?.showModal();
});

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-close]")) target.closest("dialog")?.close();
  // Pressing beside it closes a dialog, unless there is something typed in it to lose.
  else if (target.matches("dialog") && !target.querySelector("form[method=post]")) target.close();
});

// The server says when the thing is done: HX-Trigger: dialog:close
document.addEventListener("dialog:close", () => document.querySelector("dialog:modal")?.close());
