// One tab at a time works on a lot: two would seal twice and send twice.

// Resolves to true once this tab is the one, false at once where another is. Held until the tab goes.
export function alone(name) {
  if (!navigator.locks) return Promise.resolve(true); // plain HTTP: nothing can be sealed there anyway
  return new Promise((resolve) => {
    navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock ? new Promise(() => {}) : undefined;
    });
  });
}

// Calls back once the other tab has gone.
export function whenFree(name, then) {
  navigator.locks.request(name, () => then());
}
