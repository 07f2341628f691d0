// <details class="menu"> opens by itself; this closes it as menus close.

const openMenus = () => document.querySelectorAll("details.menu[open]");
const items = (menu) => [...menu.querySelectorAll(".menu-list :is(a[href], button, label)")].filter((item) => item.checkVisibility());

document.addEventListener("click", ({ target }) => {
  for (const menu of openMenus()) {
    const isInList = target.closest(".menu-list") && menu.contains(target);
    const isItem = isInList && target.closest("a[href], button");
    if (!menu.contains(target) || isItem) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu") ?? openMenus()[0];
  if (!menu?.open) return;
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const all = items(menu);
    const at = all.indexOf(document.activeElement);
    all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]?.focus();
  }
});

// What opens below the edge of the screen comes into sight. A toggle does not bubble.
document.addEventListener(
  "toggle",
  ({ target }) => target.matches("details.menu[open]") && target.querySelector(".menu-list")?.scrollIntoView({ block: "nearest" }),
  true,
);

document.addEventListener("focusout", ({ target, relatedTarget }) => {
  const menu = target.closest?.("details.menu[open]");
  if (menu && relatedTarget && !menu.contains(relatedTarget)) menu.open = false;
});
