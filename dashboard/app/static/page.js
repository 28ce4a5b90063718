/* Once a page stands: its language for those who hear it, the place its address names, and links that change only what
   is on the page, so that nothing goes blank in between. It holds no data; without it, links are plain links. */
(() => {
  const root = document.documentElement;
  root.lang = document.querySelector(".foot")?.lang || root.lang;

  const place = () => location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));

  /* After a link: the top of the page, or the place that it names, and the focus there for those who hear the page.
     Streamlit may put this script in before the page itself, so it waits for its title. */
  const arrive = (tries = 60) => {
    const start = place() || (location.hash && tries ? null : document.querySelector(".stMain h1"));
    if (!start && tries) {
      requestAnimationFrame(() => arrive(tries - 1));
      return;
    }
    for (let fold = place() && start.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    if (place()) start.scrollIntoView();
    else if (window.boussoleGoing) document.querySelector(".stMain")?.scrollTo(0, 0);
    if (window.boussoleGoing) {
      start?.setAttribute("tabindex", "-1");
      start?.focus({ preventScroll: true });
    }
    window.boussoleGoing = false;
    root.dataset.shown = location.pathname + location.search;
    document.querySelector(".pages [aria-current]")?.scrollIntoView({ block: "nearest" });
  };
  arrive();

  /* Streamlit names its own parts in English alone: they are called as the foot of the page says, whenever they appear. */
  const call = () => {
    const words = document.querySelector(".foot")?.dataset;
    if (!words?.skip) return;
    const skip = document.querySelector("[data-testid=stSkipToContent]");
    if (skip && skip.textContent !== words.skip) skip.textContent = words.skip;
    for (const [part, name] of [
      ["[data-testid=stExpandSidebarButton]", words.open],
      ["[data-testid=stSidebarCollapseButton] button", words.close],
      ["[data-testid=stSidebar]", words.side],
      [".stSelectbox button[aria-haspopup]", words.unfold],
    ]) {
      document.querySelectorAll(part).forEach((each) => {
        if (each.ariaLabel !== name) each.ariaLabel = name;
      });
    }
  };
  call();
  if (window.boussoleTravels) return;
  window.boussoleTravels = true;
  new MutationObserver(call).observe(document.body, { childList: true, subtree: true });

  const pages = () => (document.querySelector(".pages")?.dataset.known || "").split(" ");

  const closeNarrowSidebar = () => {
    if (innerWidth < 768) document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click();
  };

  /* A form that was sent is not sent a second time by a double click: of what is answered once, such as the receipt of a
     ballot, the second answer would hide the first. */
  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.(".stHtml form.fill");
    if (!form) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
  const go = (href) => {
    window.boussoleGoing = true;
    history.pushState({}, "", href);
    dispatchEvent(new PopStateEvent("popstate"));
  };

  /* A form that is answered with a file: the file is kept, and the page is read again, which tells what became of it. */
  const keep = async (form) => {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition"))?.[1];
    if (!name && !answer.redirected) throw new Error("The browser asks once more, and shows what is answered.");
    if (!name) { location.assign(answer.url); return; }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = name;
    link.click();
    const url = new URL(location.href);
    url.searchParams.delete("sent");
    url.searchParams.set("done", "file");
    url.hash = form.dataset.fileAt;
    go(url.href);
  };
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !event.target.dataset?.fileAt) return;
    event.preventDefault();
    keep(event.target).catch(() => event.target.submit());
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "get" || !form.closest(".stHtml")) return;
    const url = new URL(form.action, location.href);
    if (url.origin !== location.origin || !pages().includes(url.pathname)) return;
    event.preventDefault();
    const asked = new URLSearchParams([...new FormData(form, event.submitter)].filter(([, value]) => value));
    const lang = new URLSearchParams(location.search).get("lang");
    if (lang) asked.set("lang", lang); // Streamlit takes the name off a field that is called like a property of forms
    url.search = asked.toString();
    go(url.href);
  });

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest?.(".stHtml a[href]");
    if (!link || link.target === "_blank" || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (!pages().includes(link.pathname)) return;
    const here = location.pathname + location.search;
    if (link.pathname + link.search === here && link.hash) return;
    event.preventDefault();
    go(link.href);
    if (link.closest(".stSidebar")) closeNarrowSidebar();
  });
})();
