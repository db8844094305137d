import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api } from '../api/client';
import { useSaving } from '../forms/use-saving';
import { useWords } from '../words';
import { type ColumnView, columnsQuery, mappingsQuery, type SheetPreview } from './queries';

/** In a mapping: this column of theirs is left out. */
const LEFT_OUT = '-';

/** What the file would be read as; headers that nobody knows can be told, and kept under a name for the next file. */
export function FilePreview({ sheets, mapping, onMapped }: { sheets: SheetPreview[]; mapping: string; onMapped(name: string): void }): ReactNode {
  const words = useWords();
  const queries = useQueryClient();
  const columns = useQuery(columnsQuery);
  const saved = useQuery(mappingsQuery);
  const [chosen, setChosen] = useState<Record<string, string>>({});
  const [name, setName] = useState(mapping);
  const saving = useSaving(['name']);
  const unknown = [...new Map(sheets.flatMap((sheet) => sheet.columns.filter(({ column, header }) => column === null && header.trim() !== '').map((column) => [column.header, column] as const))).values()];
  const label = ({ fr, en }: ColumnView): string => (words.language === 'fr' ? fr : en);
  const all = columns.data ?? [];
  const byKey = new Map(all.map((column) => [column.key, column]));
  const nameOf = (key: string): string => { const column = byKey.get(key); return column ? label(column) : key; };
  const save = (): void => {
    if (name.trim() === '') return saving.refuse({ name: words.t('forms.error.missing') });
    const before = saved.data?.find((one) => one.name === name.trim())?.columns ?? {};
    const told = Object.fromEntries(Object.entries(chosen).filter(([, key]) => key !== ''));
    return void saving.save(() => api.PUT('/api/imports/mappings/{name}', { params: { path: { name: name.trim() } }, body: { columns: { ...before, ...told } } }), async () => {
      await queries.invalidateQueries({ queryKey: mappingsQuery.queryKey });
      onMapped(name.trim());
    });
  };
  return (
    <div className="preview">
      {sheets.map((sheet, at) => (
        <div key={sheet.name ?? at}>
          <h3>{[sheet.name, sheet.kind ? words.of('imports.kind', sheet.kind) : words.t('imports.sheetLeftOut')].filter(Boolean).join(' : ')}</h3>
          {sheet.missing.length > 0 && <p className="field-error">{words.t('imports.missing', { columns: sheet.missing.map(nameOf).join(', ') })}</p>}
          {sheet.kind !== null && (
            <div className="table-scroll" tabIndex={0} role="region" aria-label={words.t('imports.preview')}>
              <table className="table preview-table">
                <thead><tr>{sheet.columns.map(({ header, column }, index) => <th key={index} scope="col">{header}<span className={column === null ? 'mark bad' : 'mark good'}>{column === null ? words.t('imports.column.unknown') : nameOf(column)}</span></th>)}</tr></thead>
                <tbody>{sheet.rows.map((row, index) => <tr key={index}>{sheet.columns.map((_column, position) => <td key={position}>{row[position]}</td>)}</tr>)}</tbody>
              </table>
            </div>
          )}
        </div>
      ))}
      {unknown.length > 0 && (
        <fieldset className="map-columns">
          <legend>{words.t('imports.map', { count: unknown.length })}</legend>
          {unknown.map(({ header, suggestions }) => (
            <NativeSelect key={header} label={header} value={chosen[header] ?? ''} onChange={(event) => { const { value } = event.currentTarget; setChosen((before) => ({ ...before, [header]: value })); }}
              data={[
                { value: '', label: words.t('imports.column.undecided') }, { value: LEFT_OUT, label: words.t('imports.column.leaveOut') },
                ...(suggestions.length > 0 ? [{ group: words.t('imports.column.near'), items: suggestions.map((key) => ({ value: key, label: nameOf(key) })) }] : []),
                { group: words.t('imports.column.all'), items: all.filter(({ key }) => !suggestions.includes(key)).map((column) => ({ value: column.key, label: label(column) })) },
              ]} />
          ))}
          {Object.values(chosen).some((key) => key !== '') && (
            <div className="map-save">
              <TextInput label={words.t('imports.map.name')} placeholder={words.t('imports.map.name.example')} maxLength={100} value={name} error={saving.errors['name']} onChange={(event) => setName(event.currentTarget.value)} />
              <Button variant="default" loading={saving.busy} onClick={save}>{words.t('imports.map.save')}</Button>
            </div>
          )}
          {saving.refusal && <p className="field-error" role="alert">{saving.refusal}</p>}
        </fieldset>
      )}
    </div>
  );
}
