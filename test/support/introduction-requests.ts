import { bodyOf } from './introduction-checks.js';
import type { Act } from './introduction-commands.js';

export interface SentRequest {
  method: string;
  path: string;
  body?: object;
}

/** The request of an act. @param about `hash` of the text that is on screen; `leak`: words that name the other side */
export function requestOf(act: Act, about: { id: string; messageId: string; hash: string; contactId: string; leak: string; day: string; answerId?: string }): SentRequest {
  const at = `/api/introductions/${about.id}`;
  const text = `${at}/messages/${about.messageId}`;
  switch (act.type) {
    case 'first-side': return { method: 'PUT', path: `${at}/first-side`, body: { firstSide: act.side, reason: 'Elle attend une réponse' } };
    case 'way': return { method: 'PUT', path: `${at}/way`, body: { side: act.side, way: 'message' } };
    case 'edit': return { method: 'PUT', path: text, body: act.text === 'draft' ? { contactId: about.contactId } : { body: bodyOf(act.text, act.kind, about.leak) } };
    case 'approve': return { method: 'PUT', path: `${text}/approval`, body: { textHash: act.wrongHash ? '0'.repeat(64) : about.hash, fewAccepted: true } };
    case 'withdraw': return { method: 'DELETE', path: `${text}/approval` };
    case 'release': return { method: 'PUT', path: `${text}/release` };
    case 'recall': return { method: 'DELETE', path: `${text}/release` };
    case 'settle': return { method: 'POST', path: `${text}/settlement`, body: { what: act.what } };
    case 'answer': return { method: 'POST', path: `${at}/answers`, body: { side: act.side, answer: act.answer, way: 'phone', answerId: about.answerId, ...moreOf(act.answer, about.day) } };
    case 'wish': return { method: 'PUT', path: `${at}/wish`, body: { side: act.side, wish: act.wish } };
    case 'step': return { method: 'POST', path: `${at}/steps`, body: { step: act.step, note: 'note', ...(act.step === 'dropped' ? { reason: 'too-far' } : {}) } };
    case 'outcome': return { method: 'POST', path: `${at}/outcomes`, body: { quantity: 10, unit: 't', startedOn: '2026-11-01' } };
  }
}

/** What an answer needs beside it. @param day to put off until */
export function moreOf(answer: string, day: string): { until?: string; comment?: string } {
  if (answer === 'question') return { comment: 'Combien ?' };
  return answer === 'not-now' ? { until: day } : {};
}
