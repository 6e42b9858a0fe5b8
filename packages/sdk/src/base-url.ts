/** @throws TypeError when an address of a server is not usable, and why */
export function checkedBaseUrl(baseUrl: string): string {
  const { protocol, username, password, search, hash, href } = new URL(baseUrl);
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new TypeError(`baseUrl must start with http:// or https://, not ${protocol}`);
  }
  if (username || password || search || hash) {
    throw new TypeError('baseUrl must hold no user, password, query or fragment');
  }
  return href.replace(/\/+$/, '');
}
