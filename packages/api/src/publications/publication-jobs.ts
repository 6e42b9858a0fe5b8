import { defineJob } from '@ainotebook/jobs';
import { z } from 'zod';

/** Draws the picture of a published article, unless it shows what it should already. */
export const drawPublicationImage = defineJob({
  topic: 'publications.draw-image',
  payload: z.object({ articleId: z.uuid() }),
  attempts: 3,
  backoffMs: 5000,
});

/** Publishes an article when its time has come; `publishAt` tells a schedule from a later one. */
export const publishScheduled = defineJob({
  topic: 'publications.publish-scheduled',
  payload: z.object({ articleId: z.uuid(), publishAt: z.iso.datetime() }),
  attempts: 5,
  backoffMs: 5000,
  isOutgoing: true,
});
