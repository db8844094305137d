import type { CodeOrigin, FlowDirection, Provenance, Reach, Wish } from './flows.entities.js';

/** The closed lists of a flow with the other words that files and people use for them (plain: lower case, no accents). */
export const DIRECTION_WORDS: Readonly<Record<FlowDirection, readonly string[]>> = {
  output: ['sortant', 'flux sortant', 'sortie', 'out', 'offre', 'offer', 's'],
  input: ['entrant', 'flux entrant', 'entree', 'in', 'besoin', 'need', 'e'],
};

export const WISH_WORDS: Readonly<Record<Wish, readonly string[]>> = {
  yes: ['oui', 'o', 'y', 'souhaite'],
  'not-asked': ['non demande', 'pas demande', 'a demander', 'not asked', 'note en passant'],
  no: ['non', 'n', 'refuse'],
};

export const PROVENANCE_WORDS: Readonly<Record<Provenance, readonly string[]>> = {
  measured: ['mesure', 'mesuree', 'pesee'],
  declared: ['declare', 'declaree'],
  estimated: ['estime', 'estimee', 'estimation'],
  'sector-average': ['moyenne sectorielle', 'moyenne du secteur', 'ratio', 'sector average'],
};

export const CODE_ORIGIN_WORDS: Readonly<Record<CodeOrigin, readonly string[]>> = {
  suggested: ['suggere', 'propose'],
  declared: ['declare'],
  advisor: ['conseiller'],
};

export const REACH_WORDS: Readonly<Record<Reach, readonly string[]>> = {
  local: ['locale', 'proximite'],
  regional: ['regionale', 'region'],
  national: ['nationale', 'france'],
};
