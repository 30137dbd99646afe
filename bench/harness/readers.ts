// What `npm run bench` does with results that are there, instead of measuring: read-results.ts.

export const READERS = ['compare', 'gate', 'verify']
