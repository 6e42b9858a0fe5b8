import { AppError } from '@ainotebook/api';
import type { Request, Response } from 'express';
import { PAGE_POLICY } from './layout.js';

/** What all pages of this server have in common. */
export function prepare(res: Response): void {
  res.setHeader('Content-Type', 'text/html; charset=utf-8');
  res.setHeader('Content-Security-Policy', PAGE_POLICY);
  res.setHeader('Cache-Control', 'public, no-cache');
  res.setHeader('Vary', 'Accept-Language, Cookie');
}

/** A named part of the path. @throws AppError not_found */
export function pathPart(req: Request, name: string): string {
  const value = req.params[name];
  if (typeof value !== 'string') throw new AppError('not_found', 'Not found');
  return value;
}
