/**
 * Where the socket opens: at the server that was asked, whatever the ticket calls itself. A server
 * behind a proxy or a tunnel may know neither its public name nor that there is TLS in front of it;
 * the application's base URL has just been proven to lead there. Path and query are the ticket's,
 * below the base URL's own path where the ticket does not have that already.
 */
export function socketUrl(baseUrl: string, ticketUrl: string): string {
  const base = new URL(baseUrl);
  const { pathname, search } = new URL(ticketUrl, baseUrl);
  const prefix = base.pathname.replace(/\/+$/, '');
  const path = pathname.startsWith(`${prefix}/`) ? pathname : prefix + pathname;
  return `${base.protocol.replace('http', 'ws')}//${base.host}${path}${search}`;
}
