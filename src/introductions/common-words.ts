import type { Knowledge } from '../resources/knowledge.js';
import { tokens } from '../resources/words.js';

/**
 * Words of everyday letters, and of the names that half of all companies bear: alone they tell nobody from anybody.
 * French without accents, then English.
 */
const EVERYDAY = `
  bonjour monsieur madame messieurs mesdames cordialement salutations merci objet suite reponse question lien courriel mail message telephone appel rendez vous visite reunion
  entreprise entreprises societe site usine atelier ferme exploitation magasin depot bureau siege agence cabinet maison centre zone parc territoire commune ville village bourg nord sud est ouest
  region departement pays france national international europe local proche voisin voisine autour environ dizaine vingtaine quelques plusieurs moins plus entre jusque depuis pendant
  brasserie fromagerie laiterie boulangerie boucherie charcuterie conserverie distillerie cave domaine chateau moulin minoterie biscuiterie confiserie chocolaterie poissonnerie abattoir elevage porcherie
  maraicher maraichage pepiniere serre serres verger vergers jardin jardins cooperative union scierie menuiserie charpente ebenisterie imprimerie papeterie cartonnerie verrerie poterie tuilerie briqueterie
  fonderie forge chaudronnerie mecanique metallerie serrurerie plasturgie tannerie filature tissage teinturerie blanchisserie pressing garage carrosserie transport transports logistique
  negoce hotelier solidaire relais plateforme reseau chaleur valorisation solaire biogaz beton ciment polymere polymeres coton laine confection elagage bocage agri agro aero electro data golf thermes noir noire blanc blanche rouge vert verte large long midi aval amont confluence coteaux canal faubourg rempart remparts fleuve vallon rond
  hopital clinique lycee college ecole universite mairie communaute syndicat regie piscine hotel restaurant cantine cuisine station usinage traitement recyclage recuperation compostage compost methanisation
  industrie industries industriel industrielle service services distribution production produits travaux materiaux matieres solutions energie energies environnement technique techniques technologie technologies
  groupe fils freres pere general generale moderne nouveau nouvelle nouveaux vieux vieille vieilles petit petite grand grande bon bonne haut haute bas basse saint sainte neuf neuve
  pont porte route chemin place gare eglise stade marche riviere vallee plaine coteau colline foret bois lac source fontaine croix cote port
  pouvoir peut peuvent pourrait pourraient faire fait font avoir ayant etre sont sera seront serait etait cela celui celle ceux dont donc alors ainsi aussi avec sans sous chez vers comme mais
  notre nous votre leur leurs elle elles cette ces tout toute toutes tous aucun aucune autre autres meme chaque deux trois quatre cinq dix cent mille fois part parts partie reste prochain prochaine
  propose proposer reprendre reprise utiliser utilise utilisation recherche rechercher chercher cherche interesse interessee interet besoin offre demande accord refus avis choix essai echange echanger possible simple
  quantite volume poids tonne tonnes metre metres cube cubes litre litres heure heures jour jours semaine semaines mois annee annees saison aujourd hui demain hier matin soir lundi mardi mercredi jeudi vendredi
  janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre printemps hiver automne
  prix cout couts euro euros gratuit qualite analyse echantillon livraison stockage camion palette palettes benne cuve vrac conseil conseiller conseillere chambre commerce maillon
  hello dear sir madam regards kindly thank thanks company firm plant near nearby about around could would should might take takes offer offers need needs want wants use used using please answer reply
  your our their this that these those which with without from into only both neither after before nothing anything something some any all none more less than between until since
`;

/**
 * Words that a text to a company may hold whoever the other side is: those of all activities, resources and quality
 * attributes, in both languages, everyday ones, and those of `texts`.
 * @param texts message templates, names of places, of the territory
 * @returns folded and in the singular, as `tokens` makes them
 */
export function commonWords(knowledge: Knowledge, texts: readonly string[] = []): Set<string> {
  const labels = [
    ...knowledge.activities.flatMap(({ label, division, section }) => [label, division.label, section.label]),
    ...knowledge.catalogue.categories.map(({ label }) => label),
    ...knowledge.catalogue.qualityAttributes.map(({ label }) => label),
  ].flatMap(({ fr, en }) => [fr, en]);
  const synonyms = knowledge.catalogue.categories.flatMap(({ synonyms: { fr, en } }) => [...fr, ...en]);
  return new Set([...labels, ...synonyms, EVERYDAY, ...texts].flatMap(tokens));
}
