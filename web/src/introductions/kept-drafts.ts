import type { MessageView } from './types';

/** What was typed and the server does not have yet; outlives the page. */
export interface TextDraft {
  subject: string;
  body: string;
}

const keyOf = (messageId: string): string => `maillon.text.${messageId}`;

export function keepDraft(messageId: string, draft: TextDraft | null): void {
  if (draft === null) localStorage.removeItem(keyOf(messageId));
  else localStorage.setItem(keyOf(messageId), JSON.stringify(draft));
}

/** The text that was left unsaved; null where there is none, or it is what the server has. */
export function keptDraft({ id, subject, body }: Pick<MessageView, 'id' | 'subject' | 'body'>): TextDraft | null {
  const kept: unknown = JSON.parse(localStorage.getItem(keyOf(id)) ?? 'null');
  if (typeof kept !== 'object' || kept === null || !('subject' in kept) || !('body' in kept)) return null;
  const { subject: typedSubject, body: typedBody } = kept;
  if (typeof typedSubject !== 'string' || typeof typedBody !== 'string' || (typedSubject === subject && typedBody === body)) return null;
  return { subject: typedSubject, body: typedBody };
}
