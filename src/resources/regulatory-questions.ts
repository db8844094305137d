import { unitSign } from './quality-words.js';
import { endOfWasteTexts, fittingHeadings, holdsHeading, type PermitHeading, type Regulation } from './regulation.js';
import type { Condition, Labels, QualityAttribute, RegulatoryRoute, ResourceCategory, Substitution, WasteCode } from './resource-catalogue.js';
import { formatWasteCode, isWeakWasteCode } from './waste-code.js';

/** One thing to clear before calling. `code` is stable: what is counted, translated and stored. */
export interface RegulatoryQuestion extends Labels {
  code: string;
}

export interface RegulatoryFacts {
  output: Pick<ResourceCategory, 'slug' | 'sanitaryClass' | 'hazardousByNature'>;
  input: Pick<ResourceCategory, 'slug' | 'sanitaryClass'>;
  substitution: Pick<Substitution, 'route' | 'routeText'>;
  /** Null: the output bears no code. */
  wasteCode: { entry: WasteCode; origin: 'declared' | 'advisor' | 'suggested' } | null;
  /** Whether the output is hazardous; null unknown. */
  hazardous: boolean | null;
  /** Whether the receiving site is permitted for hazardous waste; null unknown. */
  receiverPermitted: boolean | null;
  /** ICPE headings that the receiving site declares, such as `2791-1`; empty: none declared. */
  receiverHeadings: readonly string[];
  /** Null: one of the sites may lie abroad. */
  bothInFrance: true | null;
  regulation: Regulation;
}

const WASTE_LAW: ReadonlySet<RegulatoryRoute> = new Set(['by-product', 'end-of-waste', 'permitted-site']);

/**
 * The regulatory questions that a suggestion leaves open, most decisive first. The texts named are French and EU law
 * as of the month that the list of texts bears; whether they apply is for the person asked to say.
 */
export function regulatoryQuestions(facts: RegulatoryFacts): RegulatoryQuestion[] {
  return [...hazardQuestions(facts), ...codeQuestions(facts), ...routeQuestions(facts), ...borderQuestions(facts), ...sanitaryQuestions(facts)];
}

function ask(code: string, fr: string, en: string): RegulatoryQuestion {
  return { code, fr, en };
}

/** `2718 (transit…), 2790 (…)`: at most four, to be read on the phone. */
function named(headings: readonly PermitHeading[], language: 'fr' | 'en'): string {
  return headings.slice(0, 4).map(({ heading, label }) => `${heading} (${label[language]})`).join(', ');
}

function hazardOfCode({ wasteCode }: RegulatoryFacts): boolean | null {
  return wasteCode && wasteCode.origin !== 'suggested' ? wasteCode.entry.hazardous : null;
}

/** What the flow says itself, else a confirmed code, else the nature of the matter; null unknown. */
function dangerOf(facts: RegulatoryFacts): boolean | null {
  return facts.hazardous ?? hazardOfCode(facts) ?? (facts.output.hazardousByNature ? true : null);
}

function hazardQuestions(facts: RegulatoryFacts): RegulatoryQuestion[] {
  const { input, wasteCode, hazardous, receiverPermitted, receiverHeadings, regulation } = facts;
  const questions: RegulatoryQuestion[] = [];
  const byCode = hazardOfCode(facts);
  if (hazardous !== null && byCode !== null && hazardous !== byCode) {
    const code = wasteCode ? formatWasteCode(wasteCode.entry.code, wasteCode.entry.hazardous) : '';
    questions.push(ask('hazard-contradiction',
      `Le flux est dit ${hazardous ? 'dangereux' : 'non dangereux'} mais le code ${code} dit le contraire : lequel est juste ?`,
      `The flow is said to be ${hazardous ? 'hazardous' : 'not hazardous'} but code ${code} says otherwise: which is right?`));
  }
  const danger = dangerOf(facts);
  if (danger === null && wasteCode !== null && wasteCode.entry.mirrors.length > 0) {
    questions.push(ask('hazard-mirror-entry',
      `Le code ${formatWasteCode(wasteCode.entry.code, wasteCode.entry.hazardous)} a une entrée miroir : une analyse établit-elle que le déchet n’est pas dangereux ?`,
      `Code ${formatWasteCode(wasteCode.entry.code, wasteCode.entry.hazardous)} has a mirror entry: does an analysis show that the waste is not hazardous?`));
  }
  if (danger === true) {
    const fitting = fittingHeadings(regulation, input.slug, true);
    if (receiverPermitted === null && holdsHeading(receiverHeadings, fitting)) {
      questions.push(ask('receiver-permit-scope', `L’arrêté du receveur (${receiverHeadings.join(', ')}) couvre-t-il ce déchet dangereux ?`, `Does the receiver's permit (${receiverHeadings.join(', ')}) cover this hazardous waste?`));
    } else if (receiverPermitted === null) {
      const [fr, en] = [named(fitting, 'fr'), named(fitting, 'en')];
      questions.push(ask('receiver-permit-unknown', `Le receveur est-il autorisé à recevoir ce déchet dangereux (rubriques ${fr || '2718, 2770 ou 2790'}) ?`, `Is the receiver permitted for this hazardous waste (headings ${en || '2718, 2770 or 2790'})?`));
    }
    if (receiverPermitted === false) {
      questions.push(ask('receiver-not-permitted', 'Le receveur n’est pas autorisé pour les déchets dangereux : une autorisation est-elle envisageable ?', 'The receiver is not permitted for hazardous waste: could it be?'));
    }
    questions.push(ask('hazardous-tracking', 'Qui émet le bordereau Trackdéchets et assure le transport de matières dangereuses (ADR) ?', 'Who issues the Trackdéchets consignment note and carries dangerous goods (ADR)?'));
  }
  return questions;
}

function codeQuestions({ substitution, wasteCode }: RegulatoryFacts): RegulatoryQuestion[] {
  if (!WASTE_LAW.has(substitution.route)) return [];
  if (wasteCode === null) return [ask('waste-code-missing', 'Sous quel code déchet ce flux sort-il aujourd’hui, s’il en a un ?', 'Under which waste code does this flow leave today, if any?')];
  const code = formatWasteCode(wasteCode.entry.code, wasteCode.entry.hazardous);
  const questions: RegulatoryQuestion[] = [];
  if (wasteCode.origin === 'suggested') questions.push(ask('waste-code-unconfirmed', `Le code ${code} est une suggestion : l’entreprise le confirme-t-elle ?`, `Code ${code} is a suggestion: does the company confirm it?`));
  if (isWeakWasteCode(wasteCode.entry.code)) questions.push(ask('waste-code-weak', `Le code ${code} (non spécifié ailleurs) dit peu : de quoi s’agit-il exactement ?`, `Code ${code} (not otherwise specified) says little: what is it exactly?`));
  return questions;
}

function routeQuestions(facts: RegulatoryFacts): RegulatoryQuestion[] {
  const { input, substitution: { route, routeText } } = facts;
  const said = routeText ? ` (${routeText})` : '';
  switch (route) {
    case 'by-product':
      return [ask('by-product-criteria',
        `Sous-produit au sens de l’article L541-4-2${said} : l’usage est-il certain, direct, légal, et la matière fait-elle partie intégrante de la production ?`,
        `By-product under article L541-4-2${said}: is the use certain, direct and lawful, and is the matter an integral part of production?`)];
    case 'end-of-waste':
      return [endOfWasteQuestion(facts, said)];
    case 'permitted-site':
      return [input.slug === 'soil-amendment'
        ? ask('land-spreading', `Épandage ou retour au sol${said} : y a-t-il un plan d’épandage ou une norme qui couvre cette matière ?`, `Land spreading${said}: is there a spreading plan or a standard that covers this material?`)
        : headingQuestion(facts, said)];
    default:
      return routeText ? [ask('text-to-check', `Texte à vérifier : ${routeText}.`, `Text to check: ${routeText}.`)] : [];
  }
}

function endOfWasteQuestion({ output, input, regulation, substitution: { routeText } }: RegulatoryFacts, said: string): RegulatoryQuestion {
  const texts = endOfWasteTexts(regulation, output.slug, input.slug);
  if (texts.length === 0 && routeText === undefined) {
    return ask('end-of-waste-no-text',
      'Sortie du statut de déchet : aucun texte de la liste ne couvre cet usage ; la matière reste-t-elle un déchet, ou un texte existe-t-il ?',
      'End of waste: no text of the list covers this use; does the matter stay waste, or is there a text?');
  }
  const list = (language: 'fr' | 'en'): string => (texts.length === 0 ? said : ` (${texts.map(({ title, covers }) => `${title[language]} : ${covers[language]}`).join(' ; ')})`);
  return ask('end-of-waste-criteria',
    `Sortie du statut de déchet${list('fr')} : qui prépare la matière, contrôle et atteste la conformité ?`,
    `End of waste${list('en')}: who prepares the material, checks it and states conformity?`);
}

function headingQuestion(facts: RegulatoryFacts, said: string): RegulatoryQuestion {
  const { input, receiverHeadings, regulation } = facts;
  const fitting = fittingHeadings(regulation, input.slug, dangerOf(facts) === true);
  if (holdsHeading(receiverHeadings, fitting)) {
    return ask('prior-acceptance', `La matière reste un déchet${said} : le receveur a une rubrique qui convient (${receiverHeadings.join(', ')}) ; l’accepte-t-il au préalable ?`,
      `The matter stays waste${said}: the receiver holds a fitting heading (${receiverHeadings.join(', ')}); does it give its prior acceptance?`);
  }
  const [fr, en] = fitting.length === 0 ? ['', ''] : [`, par exemple ${named(fitting, 'fr')}`, `, for instance ${named(fitting, 'en')}`];
  return receiverHeadings.length > 0 && fitting.length > 0
    ? ask('receiver-heading-missing', `La matière reste un déchet${said} : les rubriques du receveur (${receiverHeadings.join(', ')}) ne semblent pas convenir${fr} ; peut-il les compléter ?`,
      `The matter stays waste${said}: the receiver's headings (${receiverHeadings.join(', ')}) do not seem to fit${en}; can they be added?`)
    : ask('receiver-heading', `La matière reste un déchet${said} : le receveur a-t-il la rubrique ICPE et l’acceptation préalable qu’il faut${fr} ?`,
      `The matter stays waste${said}: has the receiver the permit heading and the prior acceptance it takes${en}?`);
}

/** Only what moves under waste law asks for it: products and by-products cross freely. */
function borderQuestions({ bothInFrance, substitution: { route } }: RegulatoryFacts): RegulatoryQuestion[] {
  if (bothInFrance !== null || (route !== 'permitted-site' && route !== 'end-of-waste')) return [];
  return [ask('border',
    'Un des deux sites est-il hors de France ? Un transfert de déchets demande alors information ou notification (règlement (UE) 2024/1157, qui a remplacé le règlement (CE) 1013/2006).',
    'Does one of the two sites lie outside France? A shipment of waste then takes information or notification (Regulation (EU) 2024/1157, which replaced Regulation (EC) 1013/2006).')];
}

function sanitaryQuestions({ output, input }: RegulatoryFacts): RegulatoryQuestion[] {
  const questions: RegulatoryQuestion[] = [];
  if (output.sanitaryClass === 'animal-by-product') {
    questions.push(ask('animal-by-product-approval', 'Sous-produit animal : catégorie, document commercial et agrément ou enregistrement du receveur (règlement (CE) 1069/2009) ?', 'Animal by-product: category, commercial document, and approval or registration of the receiver (Reg. (EC) 1069/2009)?'));
  }
  if (input.sanitaryClass === 'feed') {
    questions.push(ask('feed-registration', 'Les deux sites sont-ils enregistrés pour l’alimentation animale (règlement (CE) 183/2005) ?', 'Are both sites registered for feed (Reg. (EC) 183/2005)?'));
  }
  if (input.sanitaryClass === 'food') {
    questions.push(ask('food-hygiene', 'L’hygiène et la traçabilité alimentaires sont-elles tenues jusqu’au receveur (règlements (CE) 178/2002 et 852/2004) ?', 'Are food hygiene and traceability kept up to the receiver (Reg. (EC) 178/2002 and 852/2004)?'));
  }
  return questions;
}

/**
 * A condition whose attribute is unknown, as a question to ask.
 * @param attributes the quality attributes of the catalogue, by slug
 */
export function conditionQuestion(condition: Condition, attributes: ReadonlyMap<string, QualityAttribute>): RegulatoryQuestion {
  const name = (slug: string): Labels => SPECIAL[slug] ?? attributes.get(slug)?.label ?? { fr: slug, en: slug };
  const { fr, en } = name(condition.attribute);
  const operator = { '>=': '≥', '<=': '≤', '=': '=', '!=': '≠', in: ':' }[condition.op];
  const side: Labels = condition.side === 'output' ? { fr: 'offre', en: 'output' } : { fr: 'besoin', en: 'input' };
  const wanted = (language: 'fr' | 'en'): string => {
    const { value } = condition;
    if (typeof value === 'boolean') return language === 'fr' ? (value ? 'oui' : 'non') : value ? 'yes' : 'no';
    if (Array.isArray(value)) return value.join(language === 'fr' ? ' ou ' : ' or ');
    if (typeof value === 'object') return `${name(value.attribute)[language]} (${value.side === 'output' ? (language === 'fr' ? 'offre' : 'output') : language === 'fr' ? 'besoin' : 'input'})`;
    const sign = unitSign(condition.unit);
    const unit = sign === '' ? '' : ` ${sign}`;
    return `${typeof value === 'number' && language === 'fr' ? String(value).replace('.', ',') : value}${unit}`.trimEnd();
  };
  return {
    code: `condition:${condition.side}.${condition.attribute}`,
    fr: `À vérifier (${side.fr}) : ${fr} ${operator} ${wanted('fr')} ?`,
    en: `To check (${side.en}): ${en} ${operator} ${wanted('en')}?`,
  };
}

const SPECIAL: Record<string, Labels> = {
  hazardous: { fr: 'Dangereux', en: 'Hazardous' },
  wasteCode: { fr: 'Code déchet', en: 'Waste code' },
};

