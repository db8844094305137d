import type { Condition, Labels, QualityAttribute, ResourceCategory, Substitution, WasteCode } from './resource-catalogue.js';
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
}

/**
 * The regulatory questions that a suggestion leaves open, most decisive first. The texts named are French and EU law
 * as of 2025; whether they apply is for the person asked to say.
 */
export function regulatoryQuestions(facts: RegulatoryFacts): RegulatoryQuestion[] {
  return [...hazardQuestions(facts), ...codeQuestions(facts), ...routeQuestions(facts), ...sanitaryQuestions(facts)];
}

function ask(code: string, fr: string, en: string): RegulatoryQuestion {
  return { code, fr, en };
}

function hazardQuestions({ output, wasteCode, hazardous, receiverPermitted }: RegulatoryFacts): RegulatoryQuestion[] {
  const questions: RegulatoryQuestion[] = [];
  const byCode = wasteCode && wasteCode.origin !== 'suggested' ? wasteCode.entry.hazardous : null;
  if (hazardous !== null && byCode !== null && hazardous !== byCode) {
    const code = wasteCode ? formatWasteCode(wasteCode.entry.code, wasteCode.entry.hazardous) : '';
    questions.push(ask('hazard-contradiction',
      `Le flux est dit ${hazardous ? 'dangereux' : 'non dangereux'} mais le code ${code} dit le contraire : lequel est juste ?`,
      `The flow is said to be ${hazardous ? 'hazardous' : 'not hazardous'} but code ${code} says otherwise: which is right?`));
  }
  const danger = hazardous ?? byCode ?? (output.hazardousByNature ? true : null);
  if (danger === null && wasteCode !== null && wasteCode.entry.mirrors.length > 0) {
    questions.push(ask('hazard-mirror-entry',
      `Le code ${formatWasteCode(wasteCode.entry.code, wasteCode.entry.hazardous)} a une entrée miroir : une analyse établit-elle que le déchet n’est pas dangereux ?`,
      `Code ${formatWasteCode(wasteCode.entry.code, wasteCode.entry.hazardous)} has a mirror entry: does an analysis show that the waste is not hazardous?`));
  }
  if (danger === true) {
    if (receiverPermitted === null) {
      questions.push(ask('receiver-permit-unknown', 'Le receveur est-il autorisé à recevoir ce déchet dangereux (rubriques 2718, 2770 ou 2790) ?', 'Is the receiver permitted for this hazardous waste (headings 2718, 2770 or 2790)?'));
    }
    if (receiverPermitted === false) {
      questions.push(ask('receiver-not-permitted', 'Le receveur n’est pas autorisé pour les déchets dangereux : une autorisation est-elle envisageable ?', 'The receiver is not permitted for hazardous waste: could it be?'));
    }
    questions.push(ask('hazardous-tracking', 'Qui émet le bordereau Trackdéchets et assure le transport de matières dangereuses (ADR) ?', 'Who issues the Trackdéchets consignment note and carries dangerous goods (ADR)?'));
  }
  return questions;
}

function codeQuestions({ substitution, wasteCode }: RegulatoryFacts): RegulatoryQuestion[] {
  const wasteLaw = substitution.route === 'by-product' || substitution.route === 'end-of-waste' || substitution.route === 'permitted-site';
  if (!wasteLaw) return [];
  if (wasteCode === null) return [ask('waste-code-missing', 'Sous quel code déchet ce flux sort-il aujourd’hui, s’il en a un ?', 'Under which waste code does this flow leave today, if any?')];
  const code = formatWasteCode(wasteCode.entry.code, wasteCode.entry.hazardous);
  const questions: RegulatoryQuestion[] = [];
  if (wasteCode.origin === 'suggested') questions.push(ask('waste-code-unconfirmed', `Le code ${code} est une suggestion : l’entreprise le confirme-t-elle ?`, `Code ${code} is a suggestion: does the company confirm it?`));
  if (isWeakWasteCode(wasteCode.entry.code)) questions.push(ask('waste-code-weak', `Le code ${code} (non spécifié ailleurs) dit peu : de quoi s’agit-il exactement ?`, `Code ${code} (not otherwise specified) says little: what is it exactly?`));
  return questions;
}

function routeQuestions({ input, substitution: { route, routeText } }: RegulatoryFacts): RegulatoryQuestion[] {
  const [fr, en] = routeText ? [` (${routeText})`, ` (${routeText})`] : ['', ''];
  switch (route) {
    case 'by-product':
      return [ask('by-product-criteria',
        `Sous-produit au sens de l’article L541-4-2${fr} : l’usage est-il certain, direct, légal, et la matière fait-elle partie intégrante de la production ?`,
        `By-product under article L541-4-2${en}: is the use certain, direct and lawful, and is the matter an integral part of production?`)];
    case 'end-of-waste':
      return [ask('end-of-waste-criteria',
        `Sortie du statut de déchet${fr} : qui prépare la matière, contrôle et atteste la conformité ?`,
        `End of waste${en}: who prepares the material, checks it and states conformity?`)];
    case 'permitted-site':
      return [input.slug === 'soil-amendment'
        ? ask('land-spreading', `Épandage ou retour au sol${fr} : y a-t-il un plan d’épandage ou une norme qui couvre cette matière ?`, `Land spreading${en}: is there a spreading plan or a standard that covers this material?`)
        : ask('receiver-heading', `La matière reste un déchet${fr} : le receveur a-t-il la rubrique ICPE et l’acceptation préalable qu’il faut ?`, `The matter stays waste${en}: has the receiver the permit heading and the prior acceptance it takes?`)];
    default:
      return routeText ? [ask('text-to-check', `Texte à vérifier : ${routeText}.`, `Text to check: ${routeText}.`)] : [];
  }
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
    const unit = condition.unit === undefined ? '' : ` ${UNIT_SIGNS[condition.unit] ?? condition.unit}`;
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

const UNIT_SIGNS: Record<string, string> = { Cel: '°C', 'uS/cm': 'µS/cm', '[pH]': '' };
