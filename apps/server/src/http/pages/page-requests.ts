import { AppError } from '@ainotebook/api';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { isSameOrigin } from '../csrf.js';
import { FORM_POLICY, PAGE_POLICY } from './layout.js';

/** What all pages of this server have in common. */
export function prepare(res: Response): void {
  res.setHeader('Content-Type', 'text/html; charset=utf-8');
  res.setHeader('Content-Security-Policy', PAGE_POLICY);
  res.setHeader('Cache-Control', 'public, no-cache');
  res.setHeader('Vary', 'Accept-Language, Cookie');
}

/** A page for one reader: never kept, never indexed, and it may hold a form. */
export function preparePrivate(res: Response): void {
  prepare(res);
  res.setHeader('Content-Security-Policy', FORM_POLICY);
  res.setHeader('Cache-Control', 'private, no-store');
  res.setHeader('X-Robots-Tag', 'noindex, nofollow');
}

const MAX_FORM_BYTES = 20_000;

/** Reads a form that one of our own pages sent. @throws AppError forbidden (sent from another site) */
export function formOf(appUrl: string): RequestHandler[] {
  return [
    (req, _res, next) => {
      if (!isSameOrigin(req, appUrl)) throw new AppError('forbidden', 'Sent from another site');
      next();
    },
    express.urlencoded({ extended: false, limit: MAX_FORM_BYTES, parameterLimit: 20 }),
  ];
}

/** A field of a form; empty when it is absent. */
export function field(req: Request, name: string): string {
  const value: unknown = Object(req.body)[name];
  return typeof value === 'string' ? value : '';
}

/** A named part of the path. @throws AppError not_found */
export function pathPart(req: Request, name: string): string {
  const value = req.params[name];
  if (typeof value !== 'string') throw new AppError('not_found', 'Not found');
  return value;
}
