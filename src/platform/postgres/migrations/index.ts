import { Tables1790000000001 } from './1790000000001-tables.js';
import { Rights1790000000002 } from './1790000000002-rights.js';
import { ListOrder1790000000025 } from './1790000000025-list-order.js';

/** In order; a landed migration is never edited. */
export const migrations = [Tables1790000000001, Rights1790000000002, ListOrder1790000000025];
