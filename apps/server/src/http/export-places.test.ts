import { expect, it } from 'vitest';
import { createExportPlaces, type Place } from './export-places.js';

/** What became of those who asked, in their order. */
function asked(places: ReturnType<typeof createExportPlaces>, owners: string[]) {
  const got: (Place | string | undefined)[] = owners.map(() => undefined);
  owners.forEach((owner, index) => {
    places.take(owner).then(
      (place) => {
        got[index] = place;
      },
      (error: { code: string }) => {
        got[index] = error.code;
      },
    );
  });
  return {
    place: (index: number) => got[index] as Place,
    shown: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return got.map((one) => (typeof one === 'object' ? 'place' : (one ?? 'waits')));
    },
  };
}

it('makes two documents at once, and one of each person', async () => {
  const people = asked(createExportPlaces(), ['anna', 'anna', 'ben', 'carl']);
  expect(await people.shown()).toEqual(['place', 'waits', 'place', 'waits']);
  people.place(2).leave();
  expect(await people.shown()).toEqual(['place', 'waits', 'place', 'place']);
  // Made, and not yet sent: Anna has no other one.
  people.place(0).leave();
  expect(await people.shown()).toEqual(['place', 'waits', 'place', 'place']);
  people.place(0).end();
  people.place(0).end();
  expect(await people.shown()).toEqual(['place', 'place', 'place', 'place']);
});

it('gives a place back once, however often that is said', async () => {
  const people = asked(createExportPlaces(), ['a', 'b', 'c', 'd']);
  await people.shown();
  for (const end of ['leave', 'end', 'end', 'leave'] as const) people.place(0)[end]();
  expect(await people.shown()).toEqual(['place', 'place', 'place', 'waits']);
});

it('lets nobody wait for ever, nor many of one person', async () => {
  const places = createExportPlaces({ waitMs: 30 });
  const people = asked(places, ['anna', 'anna', 'anna', 'anna', 'anna']);
  expect(await people.shown()).toEqual(['place', 'waits', 'waits', 'waits', 'unavailable']);
  await expect
    .poll(people.shown)
    .toEqual(['place', 'unavailable', 'unavailable', 'unavailable', 'unavailable']);
  people.place(0).end();
  expect(await asked(places, ['anna']).shown()).toEqual(['place']);
});
