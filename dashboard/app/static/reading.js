/* A drawing over time is read at the month under the pointer, or the one that arrow keys reach: its words stand under it. */
(() => {
  if (window.boussoleReads) return;
  window.boussoleReads = true;
  const sliderAt = (event) => event.target.closest?.(".stHtml .reading [role=slider]");

  const show = (slider, all, wanted) => {
    const at = Math.min(Math.max(wanted, 0), all.length - 1);
    const [x, text] = all[at];
    slider.setAttribute("aria-valuenow", at);
    slider.setAttribute("aria-valuetext", text);
    slider.firstElementChild.style.left = `${100 * x}%`;
    slider.dataset.read = "yes";
    const said = slider.closest("figure")?.querySelector(".reading-said");
    if (said) said.textContent = text;
  };

  for (const kind of ["pointermove", "pointerdown"]) {
    document.addEventListener(kind, (event) => {
      const slider = sliderAt(event);
      if (!slider) return;
      const all = JSON.parse(slider.dataset.readings);
      const box = slider.getBoundingClientRect();
      const x = (event.clientX - box.left) / box.width;
      const far = all.map(([each]) => Math.abs(each - x));
      show(slider, all, far.indexOf(Math.min(...far)));
    });
  }

  document.addEventListener("keydown", (event) => {
    const slider = sliderAt(event);
    if (!slider || event.altKey || event.ctrlKey || event.metaKey) return;
    const all = JSON.parse(slider.dataset.readings);
    const now = Number(slider.getAttribute("aria-valuenow"));
    const to = { ArrowLeft: now - 1, ArrowDown: now - 1, ArrowRight: now + 1, ArrowUp: now + 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    show(slider, all, to);
  });
})();
