import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api, sendSignedIn } from '../api/client';
import { asProblem } from '../api/problem';
import { refusalText } from '../forms/use-saving';
import { useNotices } from '../notices';
import { useWords } from '../words';
import { columnsQuery, mappingsQuery } from './queries';

/** Saved mappings of other people's column names. */
export function Mappings({ mayEdit }: { mayEdit: boolean }): ReactNode {
  const words = useWords();
  const notices = useNotices();
  const queries = useQueryClient();
  const mappings = useQuery(mappingsQuery);
  const columns = useQuery(columnsQuery);
  const [removing, setRemoving] = useState<string | null>(null);
  const nameOf = (key: string): string => {
    const column = columns.data?.find((one) => one.key === key);
    return key === '-' ? words.t('imports.column.leaveOut') : column ? (words.language === 'fr' ? column.fr : column.en) : key;
  };
  const remove = async (name: string): Promise<void> => {
    try {
      await sendSignedIn(() => api.DELETE('/api/imports/mappings/{name}', { params: { path: { name } } }));
    } catch (error) {
      notices.bad(refusalText(words, asProblem(error)));
    }
    setRemoving(null);
    await queries.invalidateQueries({ queryKey: mappingsQuery.queryKey });
  };
  return (
    <section className="block" aria-labelledby="mappings">
      <h2 id="mappings">{words.t('imports.mappings')}</h2>
      {mappings.data?.length === 0 && <p className="hint">{words.t('imports.mappings.none')}</p>}
      <ul className="items">
        {(mappings.data ?? []).map((mapping) => (
          <li key={mapping.name}>
            <div className="item-head"><span>{mapping.name}</span>
              {mayEdit && (removing === mapping.name
                ? <span className="buttons"><Button size="compact-xs" color="red" onClick={() => void remove(mapping.name)}>{words.t('imports.mappings.sure')}</Button><Button size="compact-xs" variant="default" onClick={() => setRemoving(null)}>{words.t('forms.cancel')}</Button></span>
                : <Button size="compact-xs" variant="default" onClick={() => setRemoving(mapping.name)}>{words.t('forms.remove')}</Button>)}
            </div>
            <div className="item-facts">{Object.entries(mapping.columns).map(([theirs, ours]) => `${theirs} → ${nameOf(ours)}`).join(' · ')}</div>
          </li>
        ))}
      </ul>
    </section>
  );
}
