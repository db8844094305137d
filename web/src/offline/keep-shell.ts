/** Lets the browser keep the page for whoever captures, so that it opens in a workshop without a network. Without https, or in a private window, it does not. */
export function keepShell(): void {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
  // A browser that refuses is one that needs the network: nothing else is lost.
  navigator.serviceWorker.register('/service-worker.js').catch(() => undefined);
}
