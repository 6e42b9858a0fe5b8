import { getSiteSettings, type Services } from '@ainotebook/api';
import type { Site } from './layout.js';

const KEPT_MS = 10_000;

/** The site's name and numbers as an administrator set them, read at most once in ten seconds. */
export function siteReader(services: Services): { read: () => Promise<Site>; last: () => Site } {
  const { config } = services;
  let site: Site = { name: config.appName, url: config.appUrl, icpNumber: '' };
  let readAt = Number.NEGATIVE_INFINITY;

  return {
    read: async () => {
      if (performance.now() - readAt > KEPT_MS) {
        const { siteName, icpNumber } = await getSiteSettings(services);
        site = { name: siteName, url: config.appUrl, icpNumber };
        readAt = performance.now();
      }
      return site;
    },
    // For pages about errors, which must not need the database.
    last: () => site,
  };
}
