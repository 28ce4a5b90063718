/* What somebody writes in a form stays in this browser until it was taken: a session that ended, a network that failed or a
   tab that was closed lose no text. After a week, or when they sign out, it is gone; nobody else who signs in here is shown
   it. Choices are never kept: only words. */
(() => {
  const PREFIX = "boussole:", DAYS = 7, WORDS = "textarea, input[type=text]";
  /* The version of a draft that the words were written over goes with them, so that nobody else's are overwritten. */
  const KEPT = `${WORDS}, input[name=f-version]`;
  const asked = new URLSearchParams(location.search);
  const here = () => {
    const query = new URLSearchParams(location.search);
    for (const name of ["lang", "sent", "done", "saved", "take"]) query.delete(name);
    return PREFIX + (document.querySelector(".pages")?.dataset.whose || "") + location.pathname + "?" + query + "#";
  };
  const each = (visit) => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).forEach(visit);
  const read = (key) => {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  };

  /* The page after something was taken: what was on its way is no longer needed. */
  const taken = asked.has("done") || asked.has("saved");
  each((key) => {
    const kept = read(key);
    if (!kept || Date.now() - kept.at > DAYS * 864e5 || (kept.sent && taken)) localStorage.removeItem(key);
  });

  const offer = (form, key) => {
    const kept = read(key);
    const fields = [...form.querySelectorAll(KEPT)];
    const before = fields.map((field) => field.value);
    if (!kept || asked.has("sent") || asked.has("take") || form.dataset.offered) return;
    const same = (field) => !field.matches(WORDS) || (kept.words[field.name] ?? field.value) === field.value;
    if (fields.every(same)) return;
    form.dataset.offered = "yes";
    for (const field of fields) field.value = kept.words[field.name] ?? field.value;
    form.closest("details")?.setAttribute("open", "");
    const note = document.createElement("p");
    note.className = "put-back";
    note.setAttribute("role", "status");
    note.append(form.dataset.back || "");
    const drop = document.createElement("button");
    drop.type = "button";
    drop.textContent = form.dataset.drop || "×";
    drop.addEventListener("click", () => {
      localStorage.removeItem(key);
      fields.forEach((field, at) => { field.value = before[at]; });
      note.remove();
    });
    note.append(drop);
    form.prepend(note);
  };
  const ready = (tries = 60) => {
    const forms = document.querySelectorAll(".stHtml form[data-keep]");
    if (!forms.length && tries) { requestAnimationFrame(() => ready(tries - 1)); return; }
    for (const form of forms) offer(form, here() + form.dataset.keep);
  };
  ready();

  if (window.boussoleKeeps) return;
  window.boussoleKeeps = true;
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-keep]");
    if (!form || !event.target.matches(WORDS)) return;
    const words = {};
    for (const field of form.querySelectorAll(KEPT)) if (field.value) words[field.name] = field.value;
    try {
      localStorage.setItem(here() + form.dataset.keep, JSON.stringify({ at: Date.now(), words }));
    } catch { /* no room left: the page works as before */ }
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches?.("form[action^='/access/']")) each((key) => localStorage.removeItem(key));
    const key = event.target.dataset?.keep && here() + event.target.dataset.keep;
    const kept = key && read(key);
    if (kept) localStorage.setItem(key, JSON.stringify({ ...kept, sent: true }));
  });
})();
