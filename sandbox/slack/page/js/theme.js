// Applies the stored colour choice before the first paint; "auto" follows the system.
(() => {
  let choice = 'auto';
  try {
    choice = localStorage.getItem('sandbox.theme') || 'auto';
  } catch {
    /* storage may be off */
  }
  document.documentElement.dataset.theme = choice;
})();
