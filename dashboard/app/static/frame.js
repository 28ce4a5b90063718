/* A report that others made is shown in a frame once somebody opens it: in an origin of its own, with its scripts and
   nothing else. Without this script, the link beside it opens the same. */
(() => {
  const framed = (part) => {
    if (!part.open || part.querySelector("iframe")) return;
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.setAttribute("referrerpolicy", "no-referrer");
    frame.setAttribute("loading", "lazy");
    frame.title = part.dataset.name;
    frame.src = new URL(part.dataset.frame, location.origin).pathname;
    part.append(frame);
  };
  if (window.boussoleFrames) return;
  window.boussoleFrames = true;
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.(".stHtml details.framed[data-frame^='/drift-report/']")) framed(event.target);
  }, true);
})();
