import { connectUnhurried } from '@ainotebook/db/dump';
import type pg from 'pg';
import { UsageError } from '../failure.js';
import { unreachable } from '../postgres.js';

/** A connection for as long as a backup or a restore takes. @throws UsageError when there is none to be had */
export async function connect(url: string): Promise<pg.Client> {
  try {
    return await connectUnhurried(url);
  } catch (error) {
    throw new UsageError(unreachable(url, error), { cause: error });
  }
}
