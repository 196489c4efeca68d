// Draws the screens again when something came; whoever is typing is not disturbed.
const screens = document.getElementById("screens");

function scrollDown() {
  for (const notes of screens.querySelectorAll(".notes")) notes.scrollTop = notes.scrollHeight;
  const list = screens.querySelector("nav ul");
  const chosen = list?.querySelector("[aria-current]");
  if (chosen) list.scrollTo({ left: chosen.offsetLeft - list.offsetLeft - 16, top: chosen.offsetTop - list.offsetTop - 96 });
}

async function look(force = false) {
  const typing = screens.querySelector(".say input[name=text]")?.value;
  if (typing && !force) return;
  const { who, version } = screens.dataset;
  const seen = force ? "" : version;
  const answer = await fetch(`/phone/screens?who=${encodeURIComponent(who)}&seen=${seen}`);
  if (answer.status !== 200) return;
  const focused = document.activeElement?.getAttribute("name") ?? document.activeElement?.closest("form")?.querySelector("[name=name]")?.value;
  screens.innerHTML = await answer.text();
  screens.dataset.version = answer.headers.get("X-Version");
  const again = screens.querySelector(`[name="${focused}"]`) ?? screens.querySelector(`[name=name][value="${focused}"]`)?.form.querySelector("button");
  if (focused) again?.focus();
  scrollDown();
}

screens.addEventListener("submit", async (event) => {
  const form = event.target.closest("form.switch, form.act");
  if (!form) return;
  event.preventDefault();
  await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" } });
  await look(true);
});

setInterval(() => look().catch(() => {}), 1000);
scrollDown();
