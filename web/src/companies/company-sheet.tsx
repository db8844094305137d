import { Alert, Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Session } from '../api/client';
import { asProblem } from '../api/problem';
import { refusalText } from '../forms/use-saving';
import { useWords } from '../words';
import { AgreementsSection } from './agreements-section';
import { CompanyForm } from './company-form';
import { ContactsSection } from './contacts-section';
import { FlowsSection } from './flows-section';
import { HistorySection } from './history-section';
import { LeadsSection } from './leads-section';
import { MergeSection } from './merge-section';
import { companyAddress, companyQuery } from './queries';
import { SitesSection } from './sites-section';

/** One company with everything that hangs on it. */
export function CompanySheet({ id, session }: { id: string; session: Session }): ReactNode {
  const words = useWords();
  const sheet = useQuery(companyQuery(id));
  const [open, setOpen] = useState<'edit' | 'merge' | null>(null);
  const [reloads, setReloads] = useState(0);
  const back = <a href="#/companies" className="no-print">← {words.t('companies.back')}</a>;
  if (sheet.isPending) return <main className="sheet">{back}<p className="muted" role="status">{words.t('app.loading')}</p></main>;
  if (!sheet.data) {
    return <main className="sheet">{back}<div className="page-head"><h1>{words.t('companies.title')}</h1></div><Alert color="red" variant="light" role="alert">{refusalText(words, asProblem(sheet.error))} <Button size="compact-sm" variant="default" onClick={() => void sheet.refetch()}>{words.t('app.retry')}</Button></Alert></main>;
  }
  const company = sheet.data;
  const mayEdit = session.permissions.includes('company.edit') && company.mergedIntoId === null;
  const facts = [company.siren && words.t('companies.sirenIs', { siren: company.siren }), company.naf && words.t('companies.nafIs', { naf: company.naf }), company.groupRef && words.t('companies.groupIs', { group: company.groupRef })];
  return (
    <main className="sheet">
      {back}
      <div className="page-head">
        <h1>{company.name}</h1>
        {mayEdit && open === null && <div className="buttons no-print"><Button component="a" href={`#/capture?company=${company.id}&name=${encodeURIComponent(company.name)}`}>{words.t('companies.addFlow')}</Button><Button variant="default" onClick={() => setOpen('edit')}>{words.t('forms.edit')}</Button><Button variant="default" onClick={() => setOpen('merge')}>{words.t('companies.merge')}</Button></div>}
      </div>
      {company.mergedIntoId && <Alert color="orange" variant="light" mb="sm">{words.t('companies.merged')} <a href={companyAddress(company.mergedIntoId)}>{words.t('companies.merged.see')}</a></Alert>}
      <p className="company-facts">
        {facts.filter(Boolean).map((fact) => <span key={String(fact)}>{fact}</span>)}
        <span>{company.referent ? words.t('lead.referent', { name: company.referent.name }) : words.t('lead.noReferent')}</span>
        <span className={`mark ${company.agreementValid ? 'good' : 'bad'}`}>{words.t(company.agreementValid ? 'companies.agreed' : 'companies.notAgreed')}</span>
      </p>
      {open === 'merge' && <MergeSection company={company} onClose={() => setOpen(null)} />}
      {open === 'edit' && <div className="block"><CompanyForm key={reloads} session={session} company={company} onReload={async () => { await sheet.refetch(); setReloads(reloads + 1); }} onDone={() => setOpen(null)} onCancel={() => setOpen(null)} /></div>}
      <div className="company-columns">
        <div>
          <FlowsSection company={company} session={session} />
          {session.permissions.includes('candidate.read') && <LeadsSection companyId={id} session={session} />}
        </div>
        <div>
          <SitesSection company={company} mayEdit={mayEdit} />
          <ContactsSection company={company} mayEdit={mayEdit} />
          <AgreementsSection company={company} mayEdit={mayEdit} />
          <HistorySection companyId={id} />
        </div>
      </div>
    </main>
  );
}
