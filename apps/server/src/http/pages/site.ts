import { getSiteSettings, type Services } from '@ainotebook/api';
import type { Site } from './layout.js';

const KEPT_MS = 10_000;

export interface SiteReader {
  read: () => Promise<Site>;
  /** As last read, without asking the database. */
  last: () => Site;
}

/** The site's name and numbers as an administrator set them, read at most once in ten seconds. */
export function siteReader(services: Services): SiteReader {
  const { config } = services;
  let site: Site = {
    name: config.appName,
    url: config.appUrl,
    icpNumber: '',
    hasTerms: false,
    hasPrivacy: false,
  };
  let readAt = Number.NEGATIVE_INFINITY;

  return {
    read: async () => {
      if (performance.now() - readAt > KEPT_MS) {
        const { siteName, icpNumber, terms, privacy } = await getSiteSettings(services);
        site = {
          name: siteName,
          url: config.appUrl,
          icpNumber,
          hasTerms: terms !== '',
          hasPrivacy: privacy !== '',
        };
        readAt = performance.now();
      }
      return site;
    },
    // For pages about errors, which must not need the database.
    last: () => site,
  };
}
