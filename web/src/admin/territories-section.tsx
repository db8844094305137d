import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api, sendSignedIn, type Session } from '../api/client';
import { asProblem } from '../api/problem';
import { refusalText } from '../forms/use-saving';
import { useNotices } from '../notices';
import { useWords } from '../words';
import { agreementsQuery, territoriesQuery } from './queries';

/** Agreements with other territories: what each side has signed, and what that opens. */
export function TerritoriesSection({ session }: { session: Session }): ReactNode {
  const words = useWords();
  const notices = useNotices();
  const queries = useQueryClient();
  const territories = useQuery(territoriesQuery);
  const agreements = useQuery(agreementsQuery);
  const [asking, setAsking] = useState<{ id: string; what: 'sign' | 'end' } | null>(null);
  const mayEdit = session.permissions.includes('territory.edit');
  const others = (territories.data ?? []).filter(({ id }) => id !== session.territory.id);
  const act = async (territoryId: string, what: 'sign' | 'end'): Promise<void> => {
    const at = { params: { path: { territoryId } } };
    try {
      await sendSignedIn<unknown>(() => (what === 'sign' ? api.PUT('/api/agreements/{territoryId}', at) : api.DELETE('/api/agreements/{territoryId}', at)));
      notices.well(words.t(`admin.agreement.done.${what}`));
    } catch (error) {
      notices.bad(refusalText(words, asProblem(error)));
    }
    setAsking(null);
    await queries.invalidateQueries({ queryKey: agreementsQuery.queryKey });
  };
  return (
    <section className="block" aria-labelledby="territories">
      <h2 id="territories">{words.t('admin.territories')}</h2>
      <p className="hint">{words.t('admin.territories.explain')}</p>
      {agreements.error && <p className="field-error" role="alert">{refusalText(words, asProblem(agreements.error))}</p>}
      {territories.isSuccess && others.length === 0 && <p className="hint">{words.t('admin.territories.none')}</p>}
      <ul className="items">
        {others.map(({ id, name }) => {
          const agreement = agreements.data?.find(({ territoryId }) => territoryId === id);
          const ended = agreement !== undefined && agreement.endedAt !== null;
          const signed = agreement !== undefined && !ended && agreement.signedByUsAt !== null;
          return (
            <li key={id}>
              <div className="item-head"><span>{name}</span><span className={`mark ${agreement?.inForce ? 'good' : ''}`}>{words.t(agreement?.inForce ? 'admin.agreement.inForce' : ended ? 'admin.agreement.ended' : agreement ? 'admin.agreement.half' : 'admin.agreement.none')}</span></div>
              {agreement && (
                <div className="item-facts">
                  {[agreement.signedByUsAt && words.t('admin.agreement.us', { date: words.day(agreement.signedByUsAt) }), agreement.signedByThemAt && words.t('admin.agreement.them', { date: words.day(agreement.signedByThemAt) }), agreement.endedAt && words.t('admin.agreement.endedOn', { date: words.day(agreement.endedAt) })].filter(Boolean).join(' · ')}
                </div>
              )}
              {mayEdit && (asking?.id === id ? (
                <div className="editor">
                  <p>{words.t(`admin.agreement.ask.${asking.what}`, { name })}</p>
                  <div className="buttons"><Button color={asking.what === 'end' ? 'red' : undefined} onClick={() => void act(id, asking.what)}>{words.t(`admin.agreement.sure.${asking.what}`)}</Button><Button variant="default" onClick={() => setAsking(null)}>{words.t('forms.cancel')}</Button></div>
                </div>
              ) : <Button mt={4} size="compact-sm" variant="default" onClick={() => setAsking({ id, what: signed ? 'end' : 'sign' })}>{words.t(signed ? 'admin.agreement.end' : 'admin.agreement.sign')}</Button>)}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
