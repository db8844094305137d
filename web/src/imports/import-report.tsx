import { Alert, Button, Progress } from '@mantine/core';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import { api, sendSignedIn } from '../api/client';
import { asProblem } from '../api/problem';
import { fieldText, refusalText } from '../forms/use-saving';
import { useWords } from '../words';
import { importQuery, isUnderWay } from './queries';

/** How far an import has come, what it did, and what is wrong with each row that was refused. */
export function ImportReport({ id }: { id: string }): ReactNode {
  const words = useWords();
  const queries = useQueryClient();
  const report = useQuery(importQuery(id));
  const ended = report.data !== undefined && !isUnderWay(report.data);
  const refused = report.data?.rowsRefused ?? 0;
  const errors = useInfiniteQuery({
    queryKey: ['import', id, 'errors'],
    queryFn: ({ pageParam }) => sendSignedIn(() => api.GET('/api/imports/{id}/errors', { params: { path: { id }, query: { limit: 100, ...(pageParam ? { after: pageParam } : {}) } } })),
    initialPageParam: '', getNextPageParam: (page) => page.next, enabled: ended && refused > 0,
  });
  useEffect(() => {
    if (ended) void queries.invalidateQueries({ queryKey: ['imports'] });
  }, [ended, queries]);
  const back = <a href="#/imports" className="no-print">← {words.t('imports.back')}</a>;
  if (!report.data) {
    return <main className="sheet">{back}<div className="page-head"><h1>{words.t('imports.title')}</h1></div>{report.error ? <Alert color="red" variant="light" role="alert">{refusalText(words, asProblem(report.error))}</Alert> : <p className="muted" role="status">{words.t('app.loading')}</p>}</main>;
  }
  const { data } = report;
  const done = data.rowsTotal ? Math.min(100, Math.round((data.rowsRead / data.rowsTotal) * 100)) : 0;
  const rows = errors.data?.pages.flatMap((page) => page.rows) ?? [];
  const withSheets = rows.some(({ sheet }) => sheet !== null);
  return (
    <main className="sheet">
      {back}
      <div className="page-head"><h1>{data.fileName}</h1><span className={`mark ${data.state === 'failed' ? 'bad' : data.state === 'done' ? 'good' : ''}`}>{words.of('imports.state', data.state)}</span></div>
      {!ended && (
        <div className="block" role="status">
          <Progress value={done} aria-label={words.t('imports.progress')} size="lg" animated mb={6} />
          {data.rowsTotal === null ? words.t('imports.waiting') : words.t('imports.read', { read: data.rowsRead, total: data.rowsTotal })}
        </div>
      )}
      {data.failure && <Alert color="red" variant="light" mb="sm" title={words.t('imports.failed')}>{data.failure}</Alert>}
      <dl className="figures">
        {([['added', data.rowsAdded], ['changed', data.rowsChanged], ['unchanged', data.rowsUnchanged], ['refused', data.rowsRefused]] as const).map(([what, count]) => (
          <div key={what} className={what === 'refused' && count > 0 ? 'bad' : undefined}><dt>{words.t(`imports.figure.${what}`)}</dt><dd>{words.number(count)}</dd></div>
        ))}
      </dl>
      {data.sheets?.some(({ ignored, kind }) => kind !== null && ignored.length > 0) && <p className="hint">{words.t('imports.ignored', { columns: [...new Set(data.sheets.flatMap(({ ignored, kind }) => (kind === null ? [] : ignored)))].join(', ') })}</p>}
      {ended && refused > 0 && (
        <section className="block" aria-labelledby="errors">
          <div className="block-head"><h2 id="errors">{words.t('imports.errors', { count: refused })}</h2><Button component="a" href={`/api/imports/${encodeURIComponent(id)}/refused.csv`} download size="compact-sm" variant="default">{words.t('imports.download')}</Button></div>
          <p className="hint">{words.t('imports.errors.explain')}</p>
          {errors.error && <p className="field-error" role="alert">{refusalText(words, asProblem(errors.error))}</p>}
          <div className="table-scroll" tabIndex={0} role="region" aria-label={words.t('imports.errors.table')}>
            <table className="table errors-table">
              <thead><tr>{withSheets && <th scope="col">{words.t('imports.sheet')}</th>}<th scope="col" className="number">{words.t('imports.row')}</th><th scope="col">{words.t('imports.column')}</th><th scope="col">{words.t('imports.found')}</th><th scope="col">{words.t('imports.wrong')}</th></tr></thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.id}>
                    {withSheets && <td>{row.sheet}</td>}
                    <td className="number">{row.rowNumber}</td><td>{row.columnName}</td><td>{row.found === 'nothing' ? <span className="muted">{words.t('imports.nothing')}</span> : row.found}</td><td>{fieldText(words, row)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {errors.hasNextPage && <Button mt="xs" size="compact-sm" variant="default" loading={errors.isFetchingNextPage} onClick={() => void errors.fetchNextPage()}>{words.t('forms.more')}</Button>}
        </section>
      )}
    </main>
  );
}
