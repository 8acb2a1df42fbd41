// After a refused form the reader's place is the error summary: screen readers then start there.
const summary = document.querySelector("[data-summary]");
if (summary) {
  // A form sent after "skip to the main part" comes back with that place in its address, and the browser would go there.
  if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);
  document.title = `${summary.dataset.summary}${document.title}`;
  summary.focus();
  for (const link of summary.querySelectorAll("a[href^='#']")) {
    link.addEventListener("click", (event) => {
      const field = document.getElementById(link.hash.slice(1));
      if (!field) return;
      event.preventDefault();
      field.closest(".sl-field-error")?.scrollIntoView({ block: "start" });
      field.focus({ preventScroll: true });
    });
  }
}
