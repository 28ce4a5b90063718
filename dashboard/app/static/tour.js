/* The tour of the first page: shown on a first visit, left at any time (Escape too), and not shown again. That it was left,
   or how far somebody came, stays in this browser, under the same name as what they write; nothing of it is sent. */
(() => {
  const tour = () => document.querySelector(".stHtml .tour");
  const key = () => `boussole-tour/${document.querySelector(".pages")?.dataset.whose || ""}`;
  const read = () => {
    try { return localStorage.getItem(key()) || "0"; } catch { return "done"; }
  };
  const keep = (value) => {
    try { localStorage.setItem(key(), value); } catch { /* no room left: the page works as before */ }
  };
  const steps = (shown) => [...shown.querySelectorAll(".step")];
  const seen = (found) => found.getBoundingClientRect().width > 0 && found.getBoundingClientRect().right > 0;
  const target = (step) => [...document.querySelectorAll(step.dataset.at)].find(seen);
  const unmark = () => document.querySelectorAll(".toured").forEach((found) => found.classList.remove("toured"));

  const show = (at, { moved }) => {
    const shown = tour(), all = steps(shown);
    all.forEach((step, place) => { step.hidden = place !== at; });
    const next = shown.querySelector("[data-tour=next]");
    next.textContent = at === all.length - 1 ? next.dataset.last : next.dataset.on;
    shown.querySelector("[data-tour=back]").hidden = at === 0;
    shown.querySelector("[data-tour=leave]").hidden = at === all.length - 1;
    shown.hidden = false;
    document.querySelector(".tour-again")?.setAttribute("hidden", "");
    unmark();
    const place = target(all[at]);
    place?.classList.add("toured");
    keep(String(at));
    if (!moved) return;
    place?.scrollIntoView({ block: "nearest" });
    all[at].querySelector("[tabindex]").focus({ preventScroll: true });
  };
  const leave = ({ moved }) => {
    const shown = tour();
    if (!shown) return;
    shown.hidden = true;
    document.querySelector(".tour-again")?.removeAttribute("hidden");
    unmark();
    keep("done");
    if (!moved) return;
    const title = document.querySelector(".stMain h1");
    title?.setAttribute("tabindex", "-1");
    title?.focus();
  };

  const begin = (tries = 60) => {
    const shown = tour();
    if (!shown && tries && location.pathname === "/") { requestAnimationFrame(() => begin(tries - 1)); return; }
    if (!shown) { unmark(); return; }
    const at = read();
    if (at === "done") document.querySelector(".tour-again")?.removeAttribute("hidden");
    else show(Math.min(Number(at) || 0, steps(shown).length - 1), { moved: false });
  };
  begin();

  if (window.boussoleTours) return;
  window.boussoleTours = true;
  document.addEventListener("click", (event) => {
    const asked = event.target.closest?.(".stHtml [data-tour]")?.dataset.tour;
    const shown = asked && tour();
    if (!shown) return;
    const all = steps(shown), at = all.findIndex((step) => !step.hidden);
    if (asked === "again") show(0, { moved: true });
    else if (asked === "leave" || (asked === "next" && at === all.length - 1)) leave({ moved: true });
    else show(Math.max(at + (asked === "next" ? 1 : -1), 0), { moved: true });
  });
  document.addEventListener("keydown", (event) => {
    const shown = tour();
    if (event.key === "Escape" && shown && !shown.hidden) leave({ moved: shown.contains(document.activeElement) });
  });
})();
