import { Tables1790000000001 } from './1790000000001-tables.js';
import { Rights1790000000002 } from './1790000000002-rights.js';

/** In order; a landed migration is never edited. */
export const migrations = [Tables1790000000001, Rights1790000000002];
