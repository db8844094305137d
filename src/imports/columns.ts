import type { QualityAttribute } from '../resources/resource-catalogue.js';

/** What the rows of a file or sheet are. */
export const KINDS = ['companies', 'sites', 'contacts', 'agreements', 'flows', 'synergies'] as const;
export type Kind = (typeof KINDS)[number];

/** The kinds as people say them: for sheets' names, the command line and messages; plain words (lower case, no accents). */
export const KIND_WORDS: Readonly<Record<Kind, readonly string[]>> = {
  companies: ['companies', 'company', 'entreprises', 'entreprise', 'societes', 'organisations', 'referents', 'referent', 'advisors'],
  sites: ['sites', 'site', 'etablissements', 'etablissement'],
  contacts: ['contacts', 'contact', 'interlocuteurs', 'contact people', 'personnes'],
  agreements: ['agreements', 'agreement', 'engagements', 'engagement', 'engagements de confidentialite', 'accords', 'conventions'],
  flows: ['flows', 'flow', 'flux', 'flux sortants et entrants', 'inventaire'],
  synergies: ['synergies', 'synergy', 'synergie', 'running synergies', 'synergies en place'],
};

/** The thing a column tells about. */
export type Part = 'company' | 'site' | 'contact' | 'agreement' | 'flow' | 'synergy';

export interface Column {
  /** Stable name, used in saved mappings: `commune_code`; a quality attribute is `quality.temperature`. */
  key: string;
  part: Part;
  /** Field of the part's draft. */
  field: string;
  /** The header that we write, in each language. */
  fr: string;
  en: string;
  /** Other headers that mean the same. */
  others: readonly string[];
  meaning: { fr: string; en: string };
  /** Unit or form of a value; empty when it is text. */
  unit: string;
  example: string;
}

type Row = readonly [key: string, field: string, fr: string, en: string, others: string, meaningFr: string, meaningEn: string, unit: string, example: string];

const COMPANY: readonly Row[] = [
  ['company_ref', 'ref', 'Référence entreprise', 'Company reference', 'id entreprise|code entreprise|ref entreprise|company id|company ref', 'Votre propre référence, pour une entreprise sans SIREN', 'Your own key, for a company without SIREN', '', 'C-012'],
  ['siren', 'siren', 'SIREN', 'SIREN', 'numero siren|siren number|company siren', 'Numéro SIREN, clé de Luhn vérifiée ; sinon les 9 premiers chiffres du SIRET', 'SIREN, Luhn sum checked; else the first nine digits of the SIRET', '9 digits', '552 100 554'],
  ['company_name', 'name', 'Entreprise', 'Company', "raison sociale|nom de l'entreprise|nom entreprise|denomination|company name|organisation|organization|societe", "Nom de l'entreprise ou de l'organisation", 'Name of the company or organisation', '', 'Brasserie du Pont'],
  ['naf', 'naf', 'Code NAF', 'NAF code', 'naf|ape|code ape|naf code', 'Sous-classe NAF rév. 2 (du site quand la ligne en nomme un, et de l’entreprise si elle était inconnue)', "NAF rev. 2 sub-class (the site's where the row names one, and the company's if it was unknown)", '', '11.05Z'],
  ['group_ref', 'groupRef', 'Groupe', 'Group', 'groupe entreprise|company group', 'Même valeur : même groupe, jamais rapproché de lui-même', 'Same value: same group, never matched with itself', '', 'Groupe du Pont'],
  ['referent', 'referent', 'Référent', 'Advisor', 'conseiller referent|conseiller|courriel du referent|email referent|advisor e-mail|referent email', 'Adresse électronique du conseiller référent, qui doit être conseiller du territoire', 'Mail address of the advisor, who must be one of the territory', '', 'claire@cci.example'],
];

const SITE: readonly Row[] = [
  ['site_ref', 'ref', 'Référence site', 'Site reference', 'id site|code site|ref site|reference etablissement|site id|site ref', 'Votre propre référence, pour un site sans SIRET', 'Your own key, for a site without SIRET', '', 'S-012'],
  ['siret', 'siret', 'SIRET', 'SIRET', 'numero siret|siret number', 'Numéro SIRET, clé de Luhn vérifiée', 'SIRET, Luhn sum checked', '14 digits', '552 100 554 00013'],
  ['site_name', 'name', 'Site', 'Site name', "etablissement|nom du site|nom site|nom de l'etablissement|enseigne|site", 'Nom du site', 'Name of the site', '', 'Atelier nord'],
  ['address', 'address', 'Adresse', 'Address', 'rue|voie|street|street address', 'Numéro et voie', 'Number and street', '', '12 rue du Port'],
  ['postcode', 'postcode', 'Code postal', 'Postcode', 'cp|code_postal|zip|zip code|postal code', 'Code postal', 'Postcode', '5 digits', '82000'],
  ['commune_code', 'communeCode', 'Code commune', 'Commune code', 'code insee|insee|code insee commune|insee code', 'Code INSEE de la commune ; place le site au centre de la commune', 'INSEE code of the commune; places the site at its centre', '5 characters', '82121'],
  ['commune', 'commune', 'Commune', 'Commune', 'ville|localite|nom de la commune|city|town|municipality', 'Nom de la commune ; avec le code postal, place le site', 'Name of the commune; with the postcode, places the site', '', 'Montauban'],
  ['latitude', 'latitude', 'Latitude', 'Latitude', 'lat|latitude wgs84', 'Latitude WGS 84', 'Latitude, WGS 84', 'degrees, -90 to 90', '44,0221'],
  ['longitude', 'longitude', 'Longitude', 'Longitude', 'lon|lng|long|longitude wgs84', 'Longitude WGS 84', 'Longitude, WGS 84', 'degrees, -180 to 180', '1,3529'],
  ['permit_regime', 'permitRegime', 'Régime ICPE', 'Permit regime', 'regime|icpe|permit', 'aucun, déclaration (D), enregistrement (E) ou autorisation (A)', 'none, declaration, registration or authorisation', '', 'autorisation'],
  ['permit_headings', 'permitHeadings', 'Rubriques ICPE', 'Permit headings', 'rubriques|rubrique icpe|headings', 'Rubriques ICPE, séparées par des espaces ou des virgules', 'ICPE headings, parted by blanks or commas', '', '2791 2716'],
  ['hazardous_permitted', 'hazardousPermitted', 'Déchets dangereux autorisés', 'Hazardous permitted', 'recoit des dechets dangereux|hazardous waste permitted', 'Le site peut recevoir des matières dangereuses', 'The site may receive hazardous matter', 'oui / non', 'non'],
];

const CONTACT: readonly Row[] = [
  ['contact_name', 'name', 'Contact', 'Contact person', 'nom du contact|interlocuteur|contact name', 'Nom de la personne', 'Name of the person', '', 'Camille Durand'],
  ['contact_position', 'position', 'Fonction', 'Position', 'poste|fonction du contact|job title', 'Fonction', 'Position', '', 'Responsable QSE'],
  ['contact_email', 'email', 'Courriel', 'E-mail', 'email|mail|adresse electronique|courriel du contact|email contact|contact email|contact e-mail', 'Adresse électronique de la personne', 'Mail address of the person', '', 'qse@brasserie.example'],
  ['contact_phone', 'phone', 'Téléphone', 'Phone', 'tel|telephone du contact|phone number', 'Téléphone', 'Phone', '', '05 63 00 00 00'],
  ['contact_language', 'language', 'Langue', 'Language', 'langue du contact', 'fr ou en', 'fr or en', '', 'fr'],
  ['opposed_to_mail', 'opposedToMail', 'Opposé aux courriels', 'Opposed to mail', 'opposition courriel|refuse les mails|no mail', 'La personne refuse les courriels', 'The person refuses mails', 'oui / non', 'non'],
];

const AGREEMENT: readonly Row[] = [
  ['agreement_scope', 'scope', "Périmètre de l'engagement", 'Agreement scope', 'perimetre|scope|objet', "Ce que couvre l'engagement de confidentialité", 'What the confidentiality agreement covers', '', 'tous les flux'],
  ['agreement_signed_on', 'signedOn', 'Engagement signé le', 'Agreement signed on', "signe le|date de signature|date d'engagement|signed on", 'Jour de la signature', 'Day of the signature', 'date', '15/01/2026'],
  ['agreement_valid_until', 'validUntil', "Engagement valable jusqu'au", 'Agreement valid until', "valable jusqu'au|fin de l'engagement|valid until", 'Dernier jour ; vide : sans fin', 'Last day; empty: no end', 'date', '31/12/2028'],
];

const FLOW: readonly Row[] = [
  ['flow_ref', 'ref', 'Référence flux', 'Flow reference', 'id flux|code flux|ref flux|flow id|flow ref', 'Votre référence du flux, une fois dans le territoire ; sinon site, sens et catégorie en tiennent lieu', 'Your key of the flow, once in the territory; else site, direction and category stand for it', '', 'F-0007'],
  ['direction', 'direction', 'Sens', 'Direction', 'type de flux|sens du flux|entrant/sortant|flow direction', 'sortant (offre) ou entrant (besoin)', 'output or input', '', 'sortant'],
  ['category', 'category', 'Catégorie', 'Category', 'categorie de ressource|ressource|famille de flux|resource category|resource', 'Catégorie de ressource : identifiant ou nom', 'Resource category: slug or name', '', 'spent-grain'],
  ['description', 'description', 'Description', 'Description', 'libelle|designation|intitule|label', "Les mots de l'entreprise", "The company's own words", '', 'drêches humides'],
  ['quantity', 'quantity.value', 'Quantité', 'Quantity', 'qte|volume annuel|tonnage|amount', 'Quantité ; vide : inconnue', 'Quantity; empty: unknown', 'see unit', '1 234,5'],
  ['unit', 'quantity.unit', 'Unité', 'Unit', 'unites|unite de mesure', 'Unité, avec la période si elle y est : t/mois', 'Unit, with the period where it stands there: t/month', 't, kg, m3, MWh, GJ, h, …', 't'],
  ['period', 'quantity.period', 'Période', 'Period', 'par|frequence|frequency', 'an, mois, semaine, jour ; vide : an', 'year, month, week, day; empty: year', '', 'an'],
  ['provenance', 'provenance', 'Origine de la quantité', 'Provenance', 'origine|qualite de la donnee|source de la quantite', 'mesurée, déclarée, estimée ou moyenne sectorielle', 'measured, declared, estimated or sector-average', '', 'estimée'],
  ['minimum_lot', 'minimumLot.value', 'Lot minimal', 'Minimum lot', 'quantite minimale|minimum', 'Plus petite quantité utile', 'Smallest quantity that is of use', 'see its unit', '24'],
  ['minimum_lot_unit', 'minimumLot.unit', 'Unité du lot', 'Lot unit', 'unite du lot minimal', "Unité du lot ; vide : l'unité et la période de la quantité", 'Unit of the lot; empty: unit and period of the quantity', 't, m3, …', 't/an'],
  ['months', 'months', 'Mois', 'Months', 'saison|saisonnalite|mois disponibles|season', 'Mois où le flux existe : 4-10, avril à octobre', 'Months in which the flow exists', '', 'avril à octobre'],
  ['hazardous', 'hazardous', 'Dangereux', 'Hazardous', 'dangerosite|dechet dangereux', 'Dangereux', 'Hazardous', 'oui / non', 'non'],
  ['waste_code', 'wasteCode', 'Code déchet', 'Waste code', 'code ced|ced|code dechet europeen|ewc|low|nomenclature dechet', 'Code de la liste européenne des déchets', 'Code of the European List of Waste', '6 digits', '02 07 04'],
  ['waste_code_origin', 'wasteCodeOrigin', 'Origine du code déchet', 'Waste code origin', '', 'déclaré, conseiller ou suggéré ; vide : déclaré', 'declared, advisor or suggested; empty: declared', '', 'déclaré'],
  ['wish', 'wish', 'Souhait', 'Wish', "souhait de l'entreprise|veut travailler ce flux", 'oui, non demandé ou non ; vide : inconnu, jamais rapproché', 'yes, not asked or no; empty: unknown, never matched', '', 'oui'],
  ['withheld', 'withheld', 'Réservé', 'Withheld', 'confidentiel|sensible|sensitive', 'Flux à ne pas rapprocher', 'Flow that is kept from matching', 'oui / non', 'non'],
  ['reach', 'reach', 'Portée', 'Reach', 'rayon de recherche|ring', 'locale, régionale ou nationale', 'local, regional or national', '', 'locale'],
  ['sourcing', 'sourcing', 'Recherche de fournisseur', 'Sourcing', 'sourcing relocalisation', "Besoin d'achat ou de relocalisation", 'A sourcing or relocation need', 'oui / non', 'non'],
  ['present_outlet', 'presentOutlet', 'Exutoire actuel', 'Present outlet', 'filiere actuelle|prestataire actuel|source actuelle|present source', 'Exutoire ou source actuels', 'Present outlet or source', '', 'compostage'],
  ['present_cost', 'presentCost', 'Coût actuel', 'Present cost', 'cout|cout unitaire|cost', "Coût actuel ; positif : l'entreprise paie ; négatif : elle est payée", 'Present cost; positive: the company pays; negative: it is paid', "€ per base unit of the category (t, m3, MWh, h, piece, m2)", '95'],
  ['contract_ends_on', 'contractEndsOn', 'Fin de contrat', 'Contract ends on', 'fin du contrat|echeance du contrat|contract end', 'Fin du contrat actuel', 'End of the present contract', 'date', '31/12/2026'],
  ['confirmed_on', 'confirmedOn', 'Confirmé le', 'Confirmed on', "date de confirmation|date de la visite|mis a jour le|last confirmed", "Dernière confirmation par l'entreprise ; vide : jour de l'import", 'Last confirmed by the company; empty: day of the import', 'date', '02/11/2026'],
];

const SYNERGY: readonly Row[] = [
  ['output_flow', 'output', 'Flux sortant', 'Output flow', 'reference flux sortant|output flow reference|flux source', "Référence d'un flux sortant connu", 'Reference of a known output', '', 'F-0007'],
  ['input_flow', 'input', 'Flux entrant', 'Input flow', 'reference flux entrant|input flow reference|flux receveur', "Référence d'un flux entrant connu", 'Reference of a known input', '', 'F-0031'],
  ['synergy_started_on', 'startedOn', 'Début de la synergie', 'Synergy started on', 'debut|depuis le|started on', 'Premier jour', 'First day', 'date', '01/03/2025'],
  ['synergy_ended_on', 'endedOn', 'Fin de la synergie', 'Synergy ended on', 'fin|arretee le|ended on', 'Dernier jour ; vide : elle tourne', 'Last day; empty: it runs', 'date', ''],
];

const PARTS: readonly (readonly [Part, readonly Row[]])[] = [
  ['company', COMPANY], ['site', SITE], ['contact', CONTACT], ['agreement', AGREEMENT], ['flow', FLOW], ['synergy', SYNERGY],
];

/** Every column but the quality attributes, which come from the resource catalogue. */
export const COLUMNS: readonly Column[] = PARTS.flatMap(([part, rows]) => rows.map(([key, field, fr, en, others, meaningFr, meaningEn, unit, example]): Column => ({
  key, part, field, fr, en, others: others === '' ? [] : others.split('|'), meaning: { fr: meaningFr, en: meaningEn }, unit, example,
})));

/** A column for each quality attribute: its label or slug is the header, alone or after `Qualité:`. */
export function qualityColumns(attributes: readonly QualityAttribute[]): Column[] {
  return attributes.map(({ slug, label, unit, type, values }) => ({
    key: `quality.${slug}`, part: 'flow', field: `quality.${slug}`, fr: label.fr, en: label.en,
    others: [slug, `qualité ${label.fr}`, `quality ${label.en}`, `quality ${slug}`],
    meaning: { fr: 'Attribut de qualité', en: 'Quality attribute' },
    unit: type === 'number' ? (unit ?? '') : type === 'boolean' ? 'oui / non' : (values ?? []).join(', '), example: '',
  }));
}

/** Bare headers whose meaning the kind of row tells. */
export const BARE_HEADERS: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  companies: { nom: 'company_name', name: 'company_name', reference: 'company_ref', ref: 'company_ref', id: 'company_ref' },
  sites: { nom: 'company_name', name: 'company_name', reference: 'site_ref', ref: 'site_ref', id: 'site_ref' },
  contacts: { nom: 'contact_name', name: 'contact_name', reference: 'company_ref', ref: 'company_ref' },
  agreements: { nom: 'company_name', name: 'company_name', reference: 'company_ref', ref: 'company_ref' },
  flows: { nom: 'company_name', name: 'company_name', reference: 'flow_ref', ref: 'flow_ref', id: 'flow_ref' },
  synergies: { output: 'output_flow', input: 'input_flow', sortant: 'output_flow', entrant: 'input_flow' },
};

/** The columns without which a sheet of the kind says nothing; each line is a choice, any one of it is enough. */
export const NEEDED: Readonly<Record<Kind, readonly (readonly string[])[]>> = {
  companies: [['siren', 'siret', 'company_ref', 'company_name']],
  sites: [['siret', 'site_ref', 'company_name', 'company_ref', 'siren']],
  contacts: [['siren', 'siret', 'company_ref', 'company_name'], ['contact_name', 'contact_email']],
  agreements: [['siren', 'siret', 'company_ref', 'company_name'], ['agreement_signed_on']],
  flows: [['siret', 'site_ref', 'company_name', 'company_ref', 'siren', 'flow_ref'], ['direction'], ['category', 'description']],
  synergies: [['output_flow'], ['input_flow']],
};
