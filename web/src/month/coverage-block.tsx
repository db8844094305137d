import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api, sendSignedIn } from '../api/client';
import { asProblem } from '../api/problem';
import { describeProblem } from '../problem-text';
import { useWords } from '../words';

/** How much of the territory is known. */
export function CoverageBlock(): ReactNode {
  const words = useWords();
  const coverage = useQuery({ queryKey: ['coverage'], queryFn: () => sendSignedIn(() => api.GET('/api/coverage')) });
  const { data } = coverage;
  const count = (value: number | null): string => (value === null ? words.t('month.keptBack') : words.number(value));
  return (
    <section className="block">
      <h2>{words.t('month.coverage')}</h2>
      <p className="muted">{words.t('month.coverage.explain')}</p>
      {coverage.error && <p role="alert">{describeProblem(words, asProblem(coverage.error))}</p>}
      {data && (
        <>
          <p><b>{count(data.organisations)}</b> {words.t('month.coverage.organisations').toLocaleLowerCase()} · <b>{count(data.withFlows)}</b> {words.t('month.coverage.withFlows').toLocaleLowerCase()} · <b>{count(data.underAgreement)}</b> {words.t('month.coverage.agreement').toLocaleLowerCase()}</p>
          <div className="figures-scroll" tabIndex={0} role="region" aria-label={words.t('month.coverage')}>
            <table className="figures">
              <thead><tr><th>{words.t('month.family')}</th>{(['organisations', 'outputs', 'inputs', 'fresh'] as const).map((name) => <th key={name} className="right">{words.t(`month.coverage.${name}`)}</th>)}</tr></thead>
              <tbody>{data.families.map((row) => (
                <tr key={row.family ?? ''}><th scope="row">{words.of('family', row.family ?? 'others')}</th>{(['organisations', 'outputs', 'inputs', 'fresh'] as const).map((name) => <td key={name} className="right">{count(row[name])}</td>)}</tr>
              ))}</tbody>
            </table>
          </div>
        </>
      )}
    </section>
  );
}
