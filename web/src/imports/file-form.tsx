import { Button, FileInput, NativeSelect } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { api, sendSignedIn } from '../api/client';
import { asProblem } from '../api/problem';
import { refusalText, useSaving } from '../forms/use-saving';
import { goTo } from '../location';
import { useWords } from '../words';
import { FilePreview } from './file-preview';
import { fileRequest, KINDS, mappingsQuery, type SheetPreview } from './queries';

/** A file is chosen, looked at, and handed in. */
export function FileForm(): ReactNode {
  const words = useWords();
  const queries = useQueryClient();
  const mappings = useQuery(mappingsQuery);
  const [file, setFile] = useState<File | null>(null);
  const [kind, setKind] = useState('');
  const [mapping, setMapping] = useState('');
  const [preview, setPreview] = useState<SheetPreview[] | null>(null);
  const [unreadable, setUnreadable] = useState<string | null>(null);
  const saving = useSaving(['file', 'kind', 'mapping']);
  const look = async (chosen: { file: File | null; kind: string; mapping: string }): Promise<void> => {
    setFile(chosen.file);
    setKind(chosen.kind);
    setMapping(chosen.mapping);
    setPreview(null);
    setUnreadable(null);
    saving.clear();
    if (!chosen.file) return;
    try {
      setPreview(await sendSignedIn(() => api.POST('/api/imports/preview', fileRequest({ ...chosen, file: chosen.file! }))));
    } catch (error) {
      setUnreadable(refusalText(words, asProblem(error)));
    }
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!file) return saving.refuse({ file: words.t('imports.file.needed') });
    return void saving.save(() => api.POST('/api/imports', fileRequest({ file, kind, mapping })), async ({ importId }) => {
      await queries.invalidateQueries({ queryKey: ['imports'] });
      goTo(`#/imports/${importId}`);
    });
  };
  return (
    <section className="block" aria-labelledby="new-import">
      <h2 id="new-import">{words.t('imports.new')}</h2>
      <form className="form import-form" onSubmit={submit} noValidate>
        <FileInput label={words.t('imports.file')} placeholder={words.t('imports.file.choose')} accept=".csv,.txt,.xlsx,text/csv" clearable clearButtonProps={{ 'aria-label': words.t('imports.file.clear') }} value={file} error={saving.errors['file']}
          onChange={(chosen) => void look({ file: chosen, kind, mapping })} />
        <NativeSelect label={words.t('imports.kind')} value={kind} error={saving.errors['kind']} onChange={(event) => void look({ file, kind: event.currentTarget.value, mapping })}
          data={[{ value: '', label: words.t('imports.kind.auto') }, ...KINDS.map((value) => ({ value, label: words.t(`imports.kind.${value}`) }))]} />
        <NativeSelect label={words.t('imports.mapping')} value={mapping} error={saving.errors['mapping']} onChange={(event) => void look({ file, kind, mapping: event.currentTarget.value })}
          data={[{ value: '', label: words.t('imports.mapping.none') }, ...(mappings.data ?? []).map(({ name }) => ({ value: name, label: name }))]} />
        <div className="span">
          {unreadable && <p className="field-error" role="alert">{unreadable}</p>}
          {saving.refusal && <p className="field-error" role="alert">{saving.refusal}</p>}
          {preview && <FilePreview sheets={preview} mapping={mapping} onMapped={(name) => void look({ file, kind, mapping: name })} />}
          <div className="buttons"><Button type="submit" loading={saving.busy} disabled={unreadable !== null}>{words.t('imports.start')}</Button><span className="hint">{words.t('imports.formats')}</span></div>
        </div>
      </form>
    </section>
  );
}
