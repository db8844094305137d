import { Tables1790000000001 } from './1790000000001-tables.js';
import { Rights1790000000002 } from './1790000000002-rights.js';
import { Introductions1790000000010 } from './1790000000010-introductions.js';
import { IntroductionRights1790000000011 } from './1790000000011-introduction-rights.js';
import { ListOrder1790000000025 } from './1790000000025-list-order.js';
import { ListOnTheState1790000000050 } from './1790000000050-list-on-the-state.js';

/** In order; a landed migration is never edited. */
export const migrations = [Tables1790000000001, Rights1790000000002, Introductions1790000000010, IntroductionRights1790000000011, ListOrder1790000000025, ListOnTheState1790000000050];
