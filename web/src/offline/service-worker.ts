import { cleanupOutdatedCaches, matchPrecache, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';

/** The files that the page for capturing needs, each with what it holds; the build writes them here. */
declare const SHELL: readonly { url: string; revision: string | null }[];

/** A network that has not answered by then is taken for none: somebody stands in a workshop and waits. */
const PATIENCE_MS = 4_000;

/**
 * Opens the page without a network, and does nothing else: with a network the page is always the server's, so that nobody is kept on an
 * earlier deployment, and what the API answers never comes through here. A new worker waits until the windows of the earlier one are
 * closed, since these may still ask for files that only it has kept.
 */
registerRoute(new NavigationRoute(({ request }) => openPage(request), { allowlist: [/^\/$/] }));
precacheAndRoute([...SHELL]);
cleanupOutdatedCaches();

async function openPage(request: Request): Promise<Response> {
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (response.ok) return response;
  } catch {
    // No network, or none that answers: the kept page.
  }
  return (await matchPrecache('/index.html')) ?? Response.error();
}
