import { appLink } from '../app-link.js';
import { deriveToken } from '../auth/secrets.js';
import type { ApiConfig } from '../context.js';

/** The token that an invitation's hash is made of. */
export function invitationToken(config: Pick<ApiConfig, 'tokenSecret'>, id: string): string {
  return deriveToken(config.tokenSecret, 'invitation', id);
}

/** The link that lets one person register; the same one whenever it is asked for. */
export function invitationLink(
  config: Pick<ApiConfig, 'appUrl' | 'tokenSecret'>,
  id: string,
): string {
  return appLink(config, '/register', { invitation: invitationToken(config, id) });
}
