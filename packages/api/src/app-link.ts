import type { ApiConfig } from './context.js';

/** An address of the web app. Made of the configured origin alone, never of what a request says. */
export function appLink(
  config: Pick<ApiConfig, 'appUrl'>,
  path: string,
  query: Record<string, string> = {},
): string {
  const url = new URL(path, config.appUrl);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}
