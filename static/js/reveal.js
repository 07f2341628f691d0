// Beside a password: "Show", so that one field is enough.

for (const field of document.querySelectorAll("input[type=password]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "reveal";
  button.innerHTML = '<span>Show</span><span class="visually-hidden"> password</span>';
  button.addEventListener("click", () => {
    const isShown = field.type === "text";
    field.type = isShown ? "password" : "text";
    button.firstElementChild.textContent = isShown ? "Show" : "Hide";
  });
  field.after(button);
}
