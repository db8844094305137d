import { type ReactNode, useId } from 'react';
import { useWords } from '../words';
import { piecesOf } from './marked-text';
import type { Identifying } from './types';

interface Props {
  company: string;
  from: string;
  to: string;
  subject: string;
  body: string;
  findings: readonly Identifying[];
}

/** The text as the company will have it on a phone, with what may not stay in it marked. */
export function PhonePreview({ company, from, to, subject, body, findings }: Props): ReactNode {
  const words = useWords();
  const heading = useId();
  const marked = (text: string, field: 'subject' | 'body'): ReactNode => piecesOf(text, findings.filter((finding) => finding.field === field)).map((piece, at) => {
    if (piece.kind === 'plain') return piece.text;
    if (piece.kind === 'link') return <span key={at} className="preview-link">{words.t('introductions.preview.link')}</span>;
    return <mark key={at} className={piece.kind} title={words.t(`introductions.mark.${piece.kind}`)}>{piece.text}</mark>;
  });
  return (
    <section className="phone" aria-labelledby={heading}>
      <h3 id={heading} className="unseen">{words.t('introductions.preview', { company })}</h3>
      <div className="phone-screen" tabIndex={0} role="group" aria-labelledby={heading}>
        <p className="phone-head"><strong>{from}</strong><br /><span className="muted">{words.t('introductions.preview.to', { to: to || words.t('introductions.preview.nobody') })}</span></p>
        <p className="phone-subject">{marked(subject, 'subject')}</p>
        <div className="phone-body">{marked(body, 'body')}</div>
      </div>
    </section>
  );
}
