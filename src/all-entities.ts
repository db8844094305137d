import { AccessToken, Absence, Membership, Person, Session, Territory, TerritoryAgreement } from './access/access.entities.js';
import { Company, ConfidentialityAgreement, ContactPerson, Site } from './companies/companies.entities.js';
import { Flow, FlowVersion, RunningSynergy } from './flows/flows.entities.js';
import {
  AnswerLink, CompanyAnswer, Introduction, IntroductionApproval, IntroductionMessage, IntroductionSide, MediationStep, Outcome,
} from './introductions/introductions.entities.js';
import { ImportError, ImportFilePart, ImportJob, ImportMapping } from './imports/imports.entities.js';
import {
  AdvisorPace, Candidate, CandidateState, KnowledgeVersion, ModelVersion, Pair, PairBlock, PolicyVersion, Run, RunInput, RunStep,
} from './matching/matching.entities.js';
import { AuditEvent, OutboxEntry, StaffMail } from './platform/postgres/platform.entities.js';
import { Decision, StandingDecision } from './review/review.entities.js';

/** Every table of every room: what a data source and the drift check are given. */
export const ALL_ENTITIES = [
  OutboxEntry, AuditEvent, StaffMail,
  Territory, Person, Membership, Absence, TerritoryAgreement, AccessToken, Session,
  Company, Site, ContactPerson, ConfidentialityAgreement,
  Flow, FlowVersion, RunningSynergy,
  ImportJob, ImportFilePart, ImportError, ImportMapping,
  PolicyVersion, ModelVersion, KnowledgeVersion, Pair, PairBlock, Run, RunInput, RunStep, Candidate, CandidateState, AdvisorPace,
  Decision, StandingDecision,
  Introduction, IntroductionSide, CompanyAnswer, IntroductionMessage, IntroductionApproval, AnswerLink, MediationStep, Outcome,
];
