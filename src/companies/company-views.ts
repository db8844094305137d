import type { ConfidentialityAgreement, ContactPerson, Site } from './companies.entities.js';
import type { ConfidentialityAgreementView, ContactView, SiteView } from './companies.dto.js';

export function siteView(site: Site): SiteView {
  const { id, companyId, ref, siret, name, naf, address, postcode, communeCode, commune, latitude, longitude, placeOrigin, permitRegime, permitHeadings, hazardousPermitted, updatedAt } = site;
  return { id, companyId, ref, siret, name, naf, address, postcode, communeCode, commune, latitude, longitude, placeOrigin, permitRegime, permitHeadings, hazardousPermitted, updatedAt };
}

export function contactView({ id, name, position, email, phone, language, opposedToMail }: ContactPerson): ContactView {
  return { id, name, position, email, phone, language, opposedToMail };
}

export function agreementView({ id, scope, signedOn, validUntil }: ConfidentialityAgreement): ConfidentialityAgreementView {
  return { id, scope, signedOn, validUntil };
}
