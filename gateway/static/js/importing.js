// An import or an export is watched: its progress moves, and when it is over the page is asked again for what came of it.
const EVERY_MS = 1000;
const watched = document.querySelector("[data-import]");

if (watched) {
  const step = watched.querySelector("[data-step]");
  const bar = document.querySelector("#how-far");
  const show = (told) => {
    let job = told;
    if (job.state === "running" && job.total && step.dataset.exporting) job = { ...job, phase: "exporting" };
    if (!job.phase) return;
    const words = job.phase === "comparing" && !job.total ? step.dataset.reading : step.dataset[job.phase];
    step.textContent = words.replace("{done}", job.done).replace("{total}", job.total);
    if (job.total) {
      bar.max = job.total;
      bar.value = job.done;
    } else {
      bar.removeAttribute("value");
    }
  };
  const ask = async () => {
    try {
      const answer = await fetch(watched.dataset.import, { headers: { Accept: "application/json" } });
      if (answer.status === 401 || answer.status === 403) return location.reload();
      const job = await answer.json();
      if (answer.ok && job.state !== "waiting" && job.state !== "running") return location.reload();
      if (answer.ok) show(job);
    } catch {
      // The network was away for a moment; the import goes on without us.
    }
    setTimeout(ask, EVERY_MS);
  };
  setTimeout(ask, EVERY_MS);
}
